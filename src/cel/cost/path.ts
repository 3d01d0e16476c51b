/**
 * From a variable to a part of its value: `self`, `list`, `@items`, `name`.
 *
 * A path is lengthened as Go lengthens a slice: two that go on from one may share the array behind them, and the later
 * one then changes the earlier. cel-go (checker/cost.go) looks at paths of which that is true, so that what it estimates
 * of a loop in a loop depends on it.
 */
export class Path {
  readonly #array: string[];
  readonly length: number;
  readonly #capacity: number;

  private constructor(array: string[], length: number, capacity: number) {
    this.#array = array;
    this.length = length;
    this.#capacity = capacity;
  }

  static of(name: string): Path {
    return new Path([name], 1, 1);
  }

  static readonly EMPTY = new Path([], 0, 0);

  get steps(): readonly string[] {
    return this.#array.slice(0, this.length);
  }

  with(step: string): Path {
    if (this.length < this.#capacity) {
      this.#array[this.length] = step;
      return new Path(this.#array, this.length + 1, this.#capacity);
    }
    return new Path([...this.steps, step], this.length + 1, Math.max(1, this.#capacity * 2));
  }

  copied(): Path {
    return new Path([...this.steps], this.length, this.length);
  }
}
