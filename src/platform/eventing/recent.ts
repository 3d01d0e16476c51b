import type { KeptEvent, Seq } from './log/kept.ts';

/** Events that came lately, so that those who are quick need not read them back from the disk. Bounded by their bytes. */
export class RecentEvents {
  readonly #events = new Map<Seq, KeptEvent>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  add(kept: KeptEvent): void {
    this.#events.set(kept.seq, kept);
    this.#bytes += bytesOf(kept);
    for (const [seq, oldest] of this.#events) {
      if (this.#bytes <= this.#mostBytes) return;
      this.#events.delete(seq);
      this.#bytes -= bytesOf(oldest);
    }
  }

  get(seq: Seq): KeptEvent | undefined {
    return this.#events.get(seq);
  }
}

/** Roughly: attributes are short. */
export function bytesOf({ event }: Pick<KeptEvent, 'event'>): number {
  return (event.data?.length ?? 0) + 100 * event.attributes.size;
}
