/**
 * Who writes spec.traffic as often as the rollout puts it back. A slip is put back at once; who does it again and again is
 * waited for, each time twice as long, since neither side would ever rest and each write is a change of the Route. Kept in
 * memory alone: whoever begins to lead puts it back at once, too.
 */
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Rival } from '../../src/rollout/observed.ts';

/** So often it is put back at once. */
const AT_ONCE = 3;
const FIRST_MS = 10_000;
const LONGEST_MS = 60_000;
/** Who was quiet for so long beyond that is forgotten. */
const FORGOTTEN_MS = 60_000;

interface PutBack {
  readonly who: string;
  readonly times: number;
  readonly at: number;
}

export class Rivals {
  readonly #clock: Clock;
  /** By the Service's uid. */
  readonly #known = new Map<string, PutBack>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where it may be put back now. */
  of(uid: string): Rival | undefined {
    const known = this.#known.get(uid);
    if (known === undefined) return undefined;
    const { who, times, at } = known;
    const now = this.#clock.now().getTime();
    const until = at + waitAfter(times);
    // a clock that was set back makes nobody wait
    return now < at || now >= until ? undefined : { who, times, until: new Date(until) };
  }

  putBack(uid: string, who: string): void {
    const now = this.#clock.now().getTime();
    for (const [each, { at, times }] of this.#known) {
      if (now < at || now - at > waitAfter(times) + FORGOTTEN_MS) this.#known.delete(each);
    }
    this.#known.set(uid, { who, times: (this.#known.get(uid)?.times ?? 0) + 1, at: now });
  }
}

function waitAfter(times: number): number {
  return times < AT_ONCE ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - AT_ONCE));
}
