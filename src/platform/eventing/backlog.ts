import type { Seq } from './log/kept.ts';

export interface BacklogLimits {
  readonly events: number;
  readonly bytes: number;
}

/** Answers may come in beyond the bounds, and no further than so many times as much: some make ever more of themselves. */
const FOR_ANSWERS = 4;

/** Events that somebody still has to get: the bound of what is taken in, so that a subscriber that is away fills no disk. */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #onOver: (seq: Seq) => void;
  readonly #left = new Map<Seq, { lanes: number; readonly bytes: number }>();
  #bytes = 0;

  /** @param onOver hears of each event that nobody has to get any more */
  constructor(limits: BacklogLimits, onOver: (seq: Seq) => void = () => {}) {
    this.#limits = limits;
    this.#onOver = onOver;
  }

  get isFull(): boolean {
    return this.#isOver(1);
  }

  /** Also for what comes of events that are in it. */
  get isFullForAnswers(): boolean {
    return this.#isOver(FOR_ANSWERS);
  }

  #isOver(times: number): boolean {
    return this.#left.size >= times * this.#limits.events || this.#bytes >= times * this.#limits.bytes;
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
    this.#onOver(seq);
  }

  /** Whether somebody still has to get it. */
  has(seq: Seq): boolean {
    return this.#left.has(seq);
  }
}
