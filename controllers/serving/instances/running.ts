/**
 * The Runtime that really runs: what the controllers of Revisions and Routes ask, and what the controller of instances
 * works on. All of it is memory: a restart builds it anew.
 */
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
  /** Has the next second begin. */
  tick(): void;
}

type Listener = Parameters<Runtime['onChange']>[0];

export class Running {
  readonly options: InstancesOptions;
  readonly fleet: Fleet;
  readonly hosts: HostTable;
  readonly runtime: Runtime;
  readonly #listeners = new Set<Listener>();
  #ways: Ways | undefined;

  constructor(options: InstancesOptions) {
    this.options = options;
    const { plane, pods } = options;
    this.fleet = new Fleet(
      { plane, pods },
      {
        changed: (key) => this.#tell('Revision', key),
        misses: (key) => this.#ways?.enqueue(key),
        woke: () => this.#ways?.tick(),
      },
    );
    this.hosts = new HostTable(plane, (route) => this.#tell('Route', route));
    this.runtime = {
      instancesOf: (revision) => this.fleet.answerOf(keyOf(revision), this.#now()),
      reachOf: (route) => this.hosts.reachOf(route),
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

  #tell(kind: 'Revision' | 'Route', key: string): void {
    for (const listener of this.#listeners) listener(kind, key);
  }
}
