/** The instances of one Revision: which may be chosen, which are left alone for a moment, which only end what they have. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Caller } from '../exchange/call.ts';
import type { Instance } from '../plane.ts';
import { RunningInstance } from './instance.ts';

/** How long an instance that takes no connection is left alone; milliseconds. */
const ASIDE_MS = 500;

export interface InstancesDependencies {
  readonly clock: Clock;
  connect(instance: Instance): Caller;
  /** Others may be chosen than before. */
  onAvailable(): void;
}

export class Instances {
  readonly #deps: InstancesDependencies;
  readonly #named = new Map<string, RunningInstance>();
  /** Not named any more, with requests left. */
  readonly #draining = new Map<string, RunningInstance>();
  #available: readonly RunningInstance[] = [];

  constructor(deps: InstancesDependencies) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#named.size;
  }

  /** Those that may be chosen: the same list until there are others. */
  get available(): readonly RunningInstance[] {
    return this.#available;
  }

  /** Takes these in the place of those before. */
  replace(instances: readonly Instance[]): void {
    const named = new Set(instances.map(({ uid }) => uid));
    for (const instance of this.#named.values()) {
      if (!named.has(instance.uid)) this.#retire(instance);
    }
    for (const each of instances) {
      const known = this.#named.get(each.uid);
      if (known !== undefined && known.port === each.port) continue;
      if (known !== undefined) this.#retire(known);
      this.#named.set(each.uid, new RunningInstance(each, this.#deps.connect(each)));
    }
    this.#refresh();
  }

  isAvailable(instance: RunningInstance): boolean {
    return instance.isReady && !instance.isAside;
  }

  /** It took no connection. */
  setAside(instance: RunningInstance): void {
    if (instance.isAside) return;
    instance.isAside = true;
    this.#refresh();
    this.#deps.clock.after(ASIDE_MS, () => {
      instance.isAside = false;
      this.#refresh();
    });
  }

  /** A request has left it. */
  settle(instance: RunningInstance): void {
    if (!instance.isIdle) return;
    for (const onDrained of instance.onDrained.splice(0)) onDrained();
    if (instance.isReady) return;
    this.#draining.delete(instance.uid);
    instance.caller.close();
  }

  /** Resolves when it has no request any more; at once where it is not known. */
  async drained(uid: string, atMost: number): Promise<void> {
    const instance = this.#named.get(uid) ?? this.#draining.get(uid);
    if (instance === undefined || instance.isIdle) return;
    await new Promise<void>((resolve) => {
      const callOff = this.#deps.clock.after(atMost, resolve);
      instance.onDrained.push(() => {
        callOff();
        resolve();
      });
    });
  }

  /** Of all that have requests, those on their way out too. */
  sum(of: (instance: RunningInstance) => number): number {
    let sum = 0;
    for (const instance of this.#named.values()) sum += of(instance);
    for (const instance of this.#draining.values()) sum += of(instance);
    return sum;
  }

  #retire(instance: RunningInstance): void {
    instance.isReady = false;
    this.#named.delete(instance.uid);
    if (instance.isIdle) {
      instance.caller.close();
      return;
    }
    this.#draining.set(instance.uid, instance);
  }

  #refresh(): void {
    this.#available = [...this.#named.values()].filter((instance) => this.isAvailable(instance));
    this.#deps.onAvailable();
  }
}
