/** What an ApiServerSource does while it is ready: watches as its ServiceAccount, and sends what happens, in its order. */
import {
  apiServerAttributes,
  apiServerData,
  apiServerFilter,
  type Happened,
  isOwnedAs,
  modeOf,
} from '../../../src/knative/eventing/sources/apiServer.ts';
import { overridesOf } from '../../../src/knative/eventing/sources/overrides.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { withoutCredentials } from '../../../src/text/withoutCredentials.ts';
import type { Tools } from '../../manager/controller.ts';
import { placeOf } from '../../serving/read.ts';
import { happening } from '../../serving/write.ts';
import type { SourceSurroundings } from '../surroundings.ts';
import type { AccountClient } from './accounts.ts';
import { startWatcher } from './watcher.ts';

export interface Watch {
  readonly resource: Resource;
  /** Undefined for those of all namespaces, and of what is in none. */
  readonly namespace: string | undefined;
  readonly labelSelector: string;
}

export interface Wanted {
  readonly source: JsonObject;
  /** Of the sink. */
  readonly url: string;
  /** The ServiceAccount's name. */
  readonly account: string;
  readonly watches: readonly Watch[];
}

type Surroundings = SourceSurroundings & Pick<Tools, 'clock' | 'random' | 'log' | 'record'>;

/** Of one watch: what waits while the sink is slow. More of them are lost, as a watch that is not read is cut in a cluster. */
const MOST_WAITING = 1000;

interface Running {
  readonly stop: () => void;
  waiting: number;
  last: Promise<void>;
}

export class Adapter {
  readonly #key: string;
  readonly #around: Surroundings;
  readonly #running = new Map<string, Running>();
  #wanted: Wanted;
  #filter: ReturnType<typeof apiServerFilter>;
  #account: AccountClient;

  constructor(key: string, wanted: Wanted, around: Surroundings) {
    this.#key = key;
    this.#around = around;
    this.#wanted = wanted;
    this.#filter = apiServerFilter(wanted.source);
    this.#account = this.#accountClient();
    this.#follow();
  }

  /** What is watched on goes on without a gap. */
  update(wanted: Wanted): void {
    const isSameAccount = wanted.account === this.#wanted.account;
    this.#wanted = wanted;
    this.#filter = apiServerFilter(wanted.source);
    if (!isSameAccount) {
      this.stop();
      this.#account = this.#accountClient();
    }
    this.#follow();
  }

  /** What waits is sent on. */
  stop(): void {
    for (const { stop } of this.#running.values()) stop();
    this.#running.clear();
    this.#account.close();
  }

  #accountClient(): AccountClient {
    return this.#around.clientFor({ namespace: placeOf(this.#key).namespace, name: this.#wanted.account });
  }

  #follow(): void {
    const wanted = new Map(this.#wanted.watches.map((watch) => [JSON.stringify(watch), watch]));
    for (const [name, { stop }] of this.#running) {
      if (wanted.has(name)) continue;
      stop();
      this.#running.delete(name);
    }
    for (const [name, watch] of wanted) if (!this.#running.has(name)) this.#running.set(name, this.#start(watch));
  }

  #start({ resource, namespace, labelSelector }: Watch): Running {
    const { steady, random, log } = this.#around;
    const stop = startWatcher({
      client: this.#account.client,
      resource,
      selection: {
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === '' ? {} : { labelSelector }),
      },
      clock: steady,
      random,
      log,
      key: this.#key,
      take: (happened, object) => this.#take(running, happened, object),
    });
    const running: Running = { stop, waiting: 0, last: Promise.resolve() };
    return running;
  }

  #take(running: Running, happened: Happened, object: JsonObject): void {
    const { source, url } = this.#wanted;
    if (!isOwnedAs(object, objectAt(source, 'spec', 'owner'))) return;
    const { server, newId, clock, deliveries, record } = this.#around;
    const mode = modeOf(source);
    const attributes = apiServerAttributes(object, { happened, mode, server });
    if (!this.#filter(attributes)) return;
    if (running.waiting >= MOST_WAITING) {
      const note = `events are lost: ${MOST_WAITING} wait for ${withoutCredentials(url)} to take them`;
      record(happening(source, 'Warning', 'EventLost', 'Send', note));
      return;
    }
    attributes.set('id', newId());
    attributes.set('time', clock.now().toISOString());
    for (const [name, value] of overridesOf(source)) attributes.set(name, value);
    const event = { attributes, data: apiServerData(object, mode) };
    running.waiting++;
    running.last = running.last
      .then(async () => {
        await deliveries.deliver({ source, url, event, record });
      })
      .finally(() => running.waiting--);
  }
}

/** Of all sources, by their keys. */
export class Adapters {
  readonly #around: Surroundings;
  readonly #all = new Map<string, Adapter>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  set(key: string, wanted: Wanted): void {
    const known = this.#all.get(key);
    if (known === undefined) this.#all.set(key, new Adapter(key, wanted, this.#around));
    else known.update(wanted);
  }

  remove(key: string): void {
    this.#all.get(key)?.stop();
    this.#all.delete(key);
  }

  stop(): void {
    for (const key of [...this.#all.keys()]) this.remove(key);
  }
}
