/** Takes turns: of those who name the same thing, one goes on at a time, in the order in which they came. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs the work once all the names are free, and keeps them until it ends. No two wait for each other: all are asked for at once. */
  async take<Result>(names: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const before = names.map((name) => this.#last.get(name));
    const { promise: mine, resolve: end } = Promise.withResolvers<void>();
    for (const name of names) this.#last.set(name, mine);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      for (const name of names) if (this.#last.get(name) === mine) this.#last.delete(name);
      end();
    }
  }
}
