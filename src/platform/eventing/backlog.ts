import type { Seq } from './log/kept.ts';

export interface BacklogLimits {
  readonly events: number;
  readonly bytes: number;
}

/** Events that somebody still has to get: the bound of what is taken in, so that a subscriber that is away fills no disk. */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #left = new Map<Seq, { lanes: number; readonly bytes: number }>();
  #bytes = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get isFull(): boolean {
    return this.#left.size >= this.#limits.events || this.#bytes >= this.#limits.bytes;
  }

  get events(): number {
    return this.#left.size;
  }

  add(seq: Seq, lanes: number, bytes: number): void {
    const known = this.#left.get(seq);
    if (known !== undefined) known.lanes += lanes;
    else if (lanes > 0) {
      this.#left.set(seq, { lanes, bytes });
      this.#bytes += bytes;
    }
  }

  /** One of those who are to get it has it, or will never have it. */
  done(seq: Seq): void {
    const known = this.#left.get(seq);
    if (known === undefined || --known.lanes > 0) return;
    this.#left.delete(seq);
    this.#bytes -= known.bytes;
  }

  /** The first that is not done with. */
  get first(): Seq | undefined {
    // events are added in the order of their places, but for those found at the start
    let first: Seq | undefined;
    for (const seq of this.#left.keys()) if (first === undefined || seq < first) first = seq;
    return first;
  }
}
