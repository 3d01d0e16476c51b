/** When each PingSource sends: kept in memory alone, so that nothing that passed while nobody looked is made up for. */
import { nextTime } from '../../../src/knative/eventing/sources/cronTimes.ts';
import type { PingSchedule } from '../../../src/knative/eventing/sources/ping.ts';
import { zoneNamed } from '../../../src/schedule/zones.ts';

export interface Tick {
  readonly isDue: boolean;
  /** Undefined where none comes within years. */
  readonly next: Date | undefined;
}

interface Known {
  readonly version: string;
  readonly next: number | undefined;
}

export class Ticks {
  readonly #known = new Map<string, Known>();

  /**
   * What is due at this moment is due once, however often it would have been since it was last asked for.
   *
   * @param version of the source: another one begins anew
   */
  at(key: string, version: string, schedule: PingSchedule, now: Date): Tick {
    const at = now.getTime();
    const known = this.#known.get(key);
    const isSame = known?.version === version;
    if (isSame && (known.next === undefined || known.next > at)) return { isDue: false, next: dateOf(known.next) };
    const next = nextOf(schedule, at);
    this.#known.set(key, { version, next });
    return { isDue: isSame, next: dateOf(next) };
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

function nextOf({ times, zone }: PingSchedule, at: number): number | undefined {
  const found = zoneNamed(zone);
  return found === undefined ? undefined : nextTime(times, at, (moment) => found.offsetAt(moment));
}

function dateOf(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}
