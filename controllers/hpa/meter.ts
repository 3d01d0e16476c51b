/** How much CPU Pods take: of each container, how its CPU time has grown since the last look. Times are milliseconds. */
import type { ContainerUsage } from '../pods/door.ts';
import type { Metrics, PodMetric } from './pods.ts';
import type { ResourceName } from './proposal.ts';

interface Look {
  readonly at: number;
  readonly containers: readonly ContainerUsage[];
}

interface Measured {
  readonly at: number;
  readonly windowMs: number;
  /** Each in thousandths. */
  readonly containers: readonly { readonly name: string; readonly cpu: number; readonly memory: number }[];
}

/** CPU time is counted in hundredths of a second: over less than this, nothing can be said of it. */
const SHORTEST_MS = 1000;

/** One for each object that asks: what is measured is the time since its own last look. */
export class Meter {
  #last: ReadonlyMap<string, Look> = new Map();
  #measured: ReadonlyMap<string, Measured> = new Map();

  /** @param usage of the Pods that count, by their uids */
  look(usage: ReadonlyMap<string, readonly ContainerUsage[]>, now: number): void {
    const last = new Map<string, Look>();
    const measured = new Map<string, Measured>();
    for (const [uid, containers] of usage) {
      const before = this.#last.get(uid);
      const isSoon = before !== undefined && now - before.at < SHORTEST_MS;
      last.set(uid, isSoon ? before : { at: now, containers });
      const found = before === undefined || isSoon ? undefined : between(before, { at: now, containers });
      if (found !== undefined) measured.set(uid, found);
    }
    this.#last = last;
    this.#measured = measured;
  }

  /**
   * Of those that could be measured, by name.
   *
   * @param names of Pods by their uids
   */
  metricsOf(names: ReadonlyMap<string, string>, resource: ResourceName, container: string | undefined): Metrics {
    const metrics = new Map<string, PodMetric>();
    for (const [uid, { at, windowMs, containers }] of this.#measured) {
      const name = names.get(uid);
      const counted = containers.filter((each) => container === undefined || each.name === container);
      if (name === undefined || counted.length === 0) continue;
      const value = counted.reduce((total, each) => total + each[resource], 0);
      metrics.set(name, { value, at, windowMs });
    }
    return metrics;
  }
}

/** Undefined where a container was started anew in between: its time begins again. */
function between(before: Look, after: Look): Measured | undefined {
  const windowMs = after.at - before.at;
  const containers = after.containers.map(({ name, pid, cpuSeconds, memory }) => {
    const then = before.containers.find((each) => each.name === name && each.pid === pid);
    // what a process used that was left to nobody is counted no more
    const seconds = then === undefined ? undefined : Math.max(0, cpuSeconds - then.cpuSeconds);
    return { name, cpu: seconds === undefined ? undefined : toMilli(seconds, windowMs), memory: memory * 1000 };
  });
  const known = containers.filter((each): each is typeof each & { cpu: number } => each.cpu !== undefined);
  if (known.length < containers.length || known.length === 0) return undefined;
  return { at: after.at, windowMs, containers: known };
}

function toMilli(seconds: number, windowMs: number): number {
  return Math.round((seconds * 1_000_000) / windowMs);
}
