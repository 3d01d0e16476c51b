/** Waiting that something can end before its time. */
import type { Clock } from '../../src/kubernetes/clock.ts';

export class Rest {
  readonly #clock: Clock;
  #isOver = false;
  #isWoken = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on nothing waits any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What calls from now on ends the next sleep, even before that begins. */
  listen(): void {
    this.#isWoken = false;
  }

  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Until somebody wakes it, or ends all, or the milliseconds are over. */
  sleep(milliseconds: number): Promise<void> {
    return this.#wait(milliseconds, () => this.#isWoken || this.#isOver);
  }

  /** Until somebody ends all, or the milliseconds are over. */
  pause(milliseconds: number): Promise<void> {
    return this.#wait(milliseconds, () => this.#isOver);
  }

  #wait(milliseconds: number, isEnough: () => boolean): Promise<void> {
    if (isEnough() || milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const callOff = this.#clock.after(milliseconds, resolve);
      this.#wake = () => {
        if (!isEnough()) return;
        callOff();
        resolve();
      };
    });
  }
}
