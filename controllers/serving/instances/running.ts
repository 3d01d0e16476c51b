/**
 * The Runtime that really runs: what the controllers of Revisions and Routes ask, and what the controller of instances
 * works on. All of it is memory: a restart builds it anew.
 */
import type { Unserved } from '../../../src/platform/network/plane.ts';
import { REVISION_LABEL } from '../keys.ts';
import { keyOf } from '../read.ts';
import type { Runtime } from '../runtime.ts';
import { Fleet } from './fleet.ts';
import { HostTable } from './hostTable.ts';
import type { InstancesOptions } from './options.ts';

/** What the controller lends once it runs. */
export interface Ways {
  /** Milliseconds since 1970. */
  now(): number;
  /** Has a Revision's Pods looked at. */
  enqueue(key: string): void;
  /** Has all Routes looked at. */
  lookAtHosts(): void;
  /** Has the next second begin. */
  tick(): void;
  /** Why a host leads nowhere. */
  explainUnserved(host: string): Unserved | undefined;
  /** Calls back after the milliseconds. */
  after(milliseconds: number, callback: () => void): void;
}

type Listener = Parameters<Runtime['onChange']>[0];

/**
 * Statuses are written so much later than what they tell of: a Pod that is to be made, and the request that waits for
 * it, go their way in this process, and first.
 */
const LATER_MS = 25;

export class Running {
  readonly options: InstancesOptions;
  readonly fleet: Fleet;
  readonly hosts: HostTable;
  readonly runtime: Runtime;
  readonly #listeners = new Set<Listener>();
  /** Revisions of which listeners will hear. */
  readonly #news = new Set<string>();
  #ways: Ways | undefined;

  constructor(options: InstancesOptions) {
    this.options = options;
    const { plane, pods } = options;
    this.fleet = new Fleet(
      { plane, pods },
      {
        changed: (key) => this.#tellLater(key),
        misses: (key) => this.#ways?.enqueue(key),
        woke: () => this.#ways?.tick(),
      },
    );
    this.hosts = new HostTable(plane, {
      reached: (route) => this.#tell('Route', route),
      unsure: () => this.#ways?.lookAtHosts(),
    });
    this.runtime = {
      instancesOf: (revision) => this.fleet.answerOf(keyOf(revision), this.#now()),
      reachOf: (route) => this.hosts.reachOf(route),
      mapDomain: (key, host) => this.hosts.mapDomain(key, host),
      onChange: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
  }

  /** Called when the controller that works on it runs; a second call changes nothing. */
  begin(ways: Ways): void {
    if (this.#ways !== undefined) return;
    this.#ways = ways;
    const { plane, pods } = this.options;
    plane.explainUnserved((host) => ways.explainUnserved(host));
    plane.onWaiting((key) => this.fleet.poke(key, ways.now()));
    pods?.onChange(({ namespace, labels }) => {
      const revision = labels[REVISION_LABEL];
      if (revision !== undefined) this.fleet.lookAgain(`${namespace}/${revision}`, ways.now());
    });
  }

  /** Knative itself has come: nothing is run here any more. */
  leave(): void {
    this.fleet.forgetAll();
    this.hosts.clear();
  }

  #now(): number {
    return this.#ways?.now() ?? 0;
  }

  #tellLater(key: string): void {
    const ways = this.#ways;
    // where Pods run elsewhere, nobody's request goes its way at this moment
    if (ways === undefined || this.options.pods === undefined) {
      this.#tell('Revision', key);
      return;
    }
    if (this.#news.has(key)) return;
    this.#news.add(key);
    ways.after(LATER_MS, () => {
      this.#news.delete(key);
      this.#tell('Revision', key);
    });
  }

  #tell(kind: 'Revision' | 'Route', key: string): void {
    for (const listener of this.#listeners) listener(kind, key);
  }
}
