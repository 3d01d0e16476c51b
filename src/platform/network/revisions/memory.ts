/** How much all that waits may hold together: Knative's activator has no such bound, and is killed where it holds too much. */
export class Memory {
  readonly #most: number;
  #taken = 0;

  /** @param most bytes */
  constructor(most: number) {
    this.#most = most;
  }

  get taken(): number {
    return this.#taken;
  }

  has(bytes: number): boolean {
    return this.#taken + bytes <= this.#most;
  }

  take(bytes: number): void {
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
