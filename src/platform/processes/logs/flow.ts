/** How much may be written in a while: who floods its log waits, and takes neither the processor nor the disk from others. */
import type { Clock } from '../../../kubernetes/clock.ts';

const WINDOW_MS = 100;
const MOST_OF_ONE = 512 * 1024;
const MOST_OF_ALL = 3 * 1024 * 1024;

export interface OneFlow {
  /** Resolves when more may come; undefined where it may at once. */
  take(bytes: number): Promise<void> | undefined;
}

export class Flow {
  readonly #clock: Clock;
  #ofAll = 0;
  #window: Promise<void> | undefined;
  /** Counts windows: what one wrote counts in its own window alone. */
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  forOne(): OneFlow {
    let count = -1;
    let written = 0;
    return {
      take: (bytes) => {
        this.#window ??= this.#open();
        if (count !== this.#count) {
          count = this.#count;
          written = 0;
        }
        written += bytes;
        this.#ofAll += bytes;
        // of those who wrote little nobody waits for the others' sake
        const isMuch = written > MOST_OF_ONE || (this.#ofAll > MOST_OF_ALL && written > MOST_OF_ONE / 8);
        return isMuch ? this.#window : undefined;
      },
    };
  }

  #open(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(WINDOW_MS, () => {
        this.#window = undefined;
        this.#ofAll = 0;
        this.#count++;
        resolve();
      });
    });
  }
}
