/** Bites once nothing was heard for a while. */
import type { Clock } from '../clock.ts';

/** Where a timer rings this much earlier or later than the clock was to show, the clock was set, or the machine slept. */
const JUMP_MS = 10_000;

export class Watchdog {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #bite: () => void;
  #heardAt: number;
  /** When the next look is due, by the clock as it went when that was set. */
  #dueAt: number;
  #callOff: () => void;
  #hasBitten = false;

  constructor(clock: Clock, patienceMs: number, bite: () => void) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#bite = bite;
    this.#heardAt = clock.now().getTime();
    this.#dueAt = this.#heardAt + patienceMs;
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
    const now = this.#clock.now().getTime();
    // how long nothing was heard can no longer be told
    if (Math.abs(now - this.#dueAt) > JUMP_MS) this.#heardAt = now;
    const left = Math.min(this.#patienceMs, this.#heardAt + this.#patienceMs - now);
    if (left > 0) {
      this.#dueAt = now + left;
      this.#callOff = this.#clock.after(left, () => this.#look());
      return;
    }
    this.#hasBitten = true;
    this.#bite();
  }
}
