/**
 * The writes that were refused: the same one is not sent again for a while, however often somebody looks. A webhook that
 * denies it, or a right that is missing, is seldom another a moment later. One that was taken and undone again and again
 * counts as refused: somebody else wants something else, and neither side would ever rest.
 */
import type { Clock } from '../../src/kubernetes/clock.ts';

export const REFUSED_MS = 300_000;

/** So often within a minute the same write is sent again to an object on which somebody undid it. */
const MOST_UNDONE = 5;
const MINUTE_MS = 60_000;

interface Refusal {
  readonly what: string;
  readonly message: string;
  readonly at: number;
}

export class Refusals {
  readonly #clock: Clock;
  readonly #refusals = new Map<string, Refusal>();
  /** The writes of this minute that were taken, and how often. */
  readonly #taken = new Map<string, { readonly what: string; readonly times: number }>();
  #minuteBegan = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why the very same write to the Revision was refused a short while ago. */
  find(uid: string, what: string): string | undefined {
    const refusal = this.#refusals.get(uid);
    if (refusal?.what !== what || this.#isOld(refusal)) return undefined;
    return refusal.message;
  }

  add(uid: string, what: string, message: string): void {
    for (const [known, refusal] of this.#refusals) if (this.#isOld(refusal)) this.#refusals.delete(known);
    this.#refusals.set(uid, { what, message, at: this.#clock.now().getTime() });
  }

  /** It was taken: the last of many like it for a while. */
  taken(uid: string, what: string): void {
    const age = this.#clock.now().getTime() - this.#minuteBegan;
    if (age >= MINUTE_MS || age < 0) {
      this.#taken.clear();
      this.#minuteBegan = this.#clock.now().getTime();
    }
    const before = this.#taken.get(uid);
    const times = before?.what === what ? before.times + 1 : 1;
    this.#taken.set(uid, { what, times });
    if (times < MOST_UNDONE) return;
    this.#taken.delete(uid);
    const minutes = REFUSED_MS / MINUTE_MS;
    this.add(
      uid,
      what,
      `somebody else undid the same write ${times} times within a minute; it is left alone for ${minutes} minutes: find out who writes there (kubectl get --show-managed-fields)`,
    );
  }

  #isOld({ at }: Refusal): boolean {
    const age = this.#clock.now().getTime() - at;
    // a clock that was set back makes no refusal last for ever
    return age >= REFUSED_MS || age < 0;
  }
}
