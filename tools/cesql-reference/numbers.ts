/** Numbers that look random and are the same each time (a linear congruential generator). */
export class Numbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) & 0x7fffffff;
    return (this.#state >> 8) % bound;
  }

  oneOf(items: readonly string[]): string {
    return items[this.below(items.length)] ?? '';
  }
}
