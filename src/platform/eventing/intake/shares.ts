/**
 * How much of bodies that are all here may be under way for each of those whom they are for. They have left the Room by
 * then: one who hangs shuts out nobody else.
 *
 * @example
 * const giveBack = shares.take('shop/orders', body.length);
 * if (giveBack === undefined) return busy('too much is under way there');
 */
export class Shares {
  readonly #mostBytes: number;
  readonly #used = new Map<string, number>();

  /** @param mostBytes of each; at least what the longest body has */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** @returns what gives them back, once; undefined where so much more may not be under way */
  take(key: string, bytes: number): (() => void) | undefined {
    const used = (this.#used.get(key) ?? 0) + bytes;
    if (used > this.#mostBytes) return undefined;
    this.#used.set(key, used);
    return () => {
      const rest = (this.#used.get(key) ?? 0) - bytes;
      if (rest > 0) this.#used.set(key, rest);
      else this.#used.delete(key);
    };
  }
}
