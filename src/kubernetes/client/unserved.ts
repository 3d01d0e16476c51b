/** The wait for a resource that the server does not have, until it is asked for again: a minute, or at once for a reason. */
import { type Clock, pause } from '../clock.ts';

/** How soon a resource that the server does not have is asked for again. */
const UNSERVED_MS = 60_000;

export class UnservedWait {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #ending: AbortSignal;
  #isServed = true;
  #isLookingAgain = false;
  /** Ends the wait that is under way. */
  #cut: () => void = () => {};

  /** @param ending ends the wait, too */
  constructor(clock: Clock, random: () => number, ending: AbortSignal) {
    this.#clock = clock;
    this.#random = random;
    this.#ending = ending;
  }

  /** True until the server says that it has no such resource. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /** True from `lookAgain` until the server has answered. */
  get isLookingAgain(): boolean {
    return this.#isLookingAgain;
  }

  /** What the server said. */
  answered(isServed: boolean): void {
    this.#isServed = isServed;
    this.#isLookingAgain = false;
  }

  /** Ends the wait: somebody has reason to think that the server has the resource by now. */
  lookAgain(): void {
    if (this.#isServed || this.#ending.aborted) return;
    this.#isLookingAgain = true;
    this.#cut();
  }

  /** Milliseconds; a tenth more or less, so that forty resources are not asked for at once. */
  next(): number {
    return UNSERVED_MS * (0.9 + 0.2 * this.#random());
  }

  async wait(milliseconds: number): Promise<void> {
    const cut = new AbortController();
    const end = (): void => cut.abort();
    this.#cut = end;
    this.#ending.addEventListener('abort', end, { once: true });
    await pause(this.#clock, milliseconds, cut.signal);
    this.#ending.removeEventListener('abort', end);
    this.#cut = () => {};
  }
}
