/** Tells one trouble once, however often it comes back, and that it is over. */
import type { Log } from '../log.ts';

export class Complaints {
  readonly #log: Log;
  readonly #about: () => object;
  #told = '';

  constructor(log: Log, about: () => object) {
    this.#log = log;
    this.#about = about;
  }

  /** A warning; the same sentence again is told for debugging alone. */
  tell(sentence: string): void {
    if (this.#told === sentence) this.#log.debug(this.#about(), sentence);
    else this.#log.warn(this.#about(), sentence);
    this.#told = sentence;
  }

  /** Told where there was something to complain of. */
  end(sentence: string): void {
    if (this.#told === '') return;
    this.#told = '';
    this.#log.info(this.#about(), sentence);
  }
}
