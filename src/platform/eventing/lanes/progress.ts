/** How far a lane has come: what is still to be done, and what is done beyond the first of it. */
import type { Progress, Seq } from '../log/kept.ts';

export class LaneProgress {
  /** In the order of their places; those before `#head` have been taken. */
  #queue: Seq[] = [];
  #head = 0;
  readonly #running = new Set<Seq>();
  #below: Seq;
  /** Done, while something before them is not. */
  #above: Set<Seq>;

  constructor({ below, above }: Progress) {
    this.#below = below;
    this.#above = new Set(above);
  }

  /** Events that are for the lane, in the order in which they came. */
  offer(seq: Seq): void {
    if (seq > this.#below && !this.#above.has(seq)) this.#queue.push(seq);
  }

  /** Those that nobody has begun. */
  get queued(): number {
    return this.#queue.length - this.#head;
  }

  unfinished(): Seq[] {
    return [...this.#running, ...this.#queue.slice(this.#head)];
  }

  take(): Seq | undefined {
    const seq = this.#queue[this.#head];
    if (seq === undefined) return undefined;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#running.add(seq);
    return seq;
  }

  /** Is done, or waits to be sent again: nothing of it is to be found by its place any more. */
  finish(seq: Seq): void {
    this.#running.delete(seq);
    this.#above.add(seq);
  }

  /** How much is done beyond the first that is not. */
  get ahead(): number {
    return this.#above.size;
  }

  /** Those under way are written down in another way: nothing waits for them here. Finishing them later is no harm. */
  letGo(): Seq[] {
    const running = [...this.#running];
    for (const seq of running) this.finish(seq);
    return running;
  }

  /** To be written down. */
  now(): Progress {
    let first = this.#queue[this.#head] ?? Number.POSITIVE_INFINITY;
    for (const seq of this.#running) first = Math.min(first, seq);
    for (const seq of [...this.#above].sort((one, other) => one - other)) {
      if (seq > first) break;
      this.#below = Math.max(this.#below, seq);
      this.#above.delete(seq);
    }
    return { below: this.#below, above: [...this.#above] };
  }
}
