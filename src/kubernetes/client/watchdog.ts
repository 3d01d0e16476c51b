/** Bites once nothing was heard for a while. */
import type { Clock } from '../clock.ts';

export class Watchdog {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #bite: () => void;
  #heardAt: number;
  #callOff: () => void;
  #hasBitten = false;

  constructor(clock: Clock, patienceMs: number, bite: () => void) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#bite = bite;
    this.#heardAt = clock.now().getTime();
    this.#callOff = clock.after(patienceMs, () => this.#look());
  }

  get hasBitten(): boolean {
    return this.#hasBitten;
  }

  heard(): void {
    this.#heardAt = this.#clock.now().getTime();
  }

  stop(): void {
    this.#callOff();
  }

  /** One timer for many chunks: what was heard meanwhile only moves the next look. */
  #look(): void {
    // a clock that was set back must not make it wait for ever
    const left = Math.min(this.#patienceMs, this.#heardAt + this.#patienceMs - this.#clock.now().getTime());
    if (left > 0) {
      this.#callOff = this.#clock.after(left, () => this.#look());
      return;
    }
    this.#hasBitten = true;
    this.#bite();
  }
}
