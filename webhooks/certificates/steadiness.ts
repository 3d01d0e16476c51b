/** For how long something has been the same, as far as that was seen. */
export class Steadiness {
  readonly #elapsed: () => number;
  #value: string | undefined;
  #since = 0;

  /** @param elapsed milliseconds on a clock that is never set */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  /** @param readAt when the reading began: up to then, and no longer, it is known to have been so */
  of(value: string, readAt: number): number {
    if (value !== this.#value) {
      this.#value = value;
      this.#since = this.#elapsed();
    }
    return Math.max(0, readAt - this.#since);
  }
}
