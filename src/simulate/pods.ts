/** The pods of a simulated Revision: how many there are, and which of them are ready when. */
interface Batch {
  count: number;
  /** The second from which on they are ready. */
  readonly ready: number;
}

export class Pods {
  readonly #startTime: number;
  /** In the order in which they were made. */
  readonly #batches: Batch[];

  /** @param count pods that are ready from the first second on; @param startTime seconds that a new one takes */
  constructor(count: number, startTime: number) {
    this.#startTime = startTime;
    this.#batches = count === 0 ? [] : [{ count, ready: 0 }];
  }

  get count(): number {
    return this.#batches.reduce((total, { count }) => total + count, 0);
  }

  readyAt(second: number): number {
    return this.#batches.reduce((total, { count, ready }) => (ready <= second ? total + count : total), 0);
  }

  /** Makes new pods, or ends some at once: those that are not ready first, as Kubernetes does. */
  scale(wanted: number, second: number): void {
    let change = wanted - this.count;
    if (change > 0) this.#batches.push({ count: change, ready: second + Math.max(1, this.#startTime) });
    while (change < 0) {
      const newest = this.#batches.at(-1);
      if (newest === undefined) return;
      const ended = Math.min(newest.count, -change);
      newest.count -= ended;
      change += ended;
      if (newest.count === 0) this.#batches.pop();
    }
  }
}
