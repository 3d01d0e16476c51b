/**
 * The writes that were refused: the same one is not sent again for a while, however often somebody looks. A webhook that
 * denies it, or a right that is missing, is seldom another a moment later.
 */
import type { Clock } from '../../src/kubernetes/clock.ts';

export const REFUSED_MS = 300_000;

interface Refusal {
  readonly what: string;
  readonly message: string;
  readonly at: number;
}

export class Refusals {
  readonly #clock: Clock;
  readonly #refusals = new Map<string, Refusal>();

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

  #isOld({ at }: Refusal): boolean {
    const age = this.#clock.now().getTime() - at;
    // a clock that was set back makes no refusal last for ever
    return age >= REFUSED_MS || age < 0;
  }
}
