import type { KeptEvent, Seq } from './log/kept.ts';

/**
 * Events that somebody still has to get, as long as they came lately, so that those who are quick need not read them back
 * from the disk. Bounded by their bytes. One that everybody has is let go at once: most are garbage before they are old,
 * which is what the collector is quick with.
 */
export class RecentEvents {
  readonly #events = new Map<Seq, { readonly kept: KeptEvent; readonly bytes: number }>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** @param bytes of bytesOf */
  add(kept: KeptEvent, bytes: number): void {
    this.#events.set(kept.seq, { kept, bytes });
    this.#bytes += bytes;
    for (const seq of this.#events.keys()) {
      if (this.#bytes <= this.#mostBytes) return;
      this.delete(seq);
    }
  }

  get(seq: Seq): KeptEvent | undefined {
    return this.#events.get(seq)?.kept;
  }

  /** Everybody has it. */
  delete(seq: Seq): void {
    const known = this.#events.get(seq);
    if (known === undefined) return;
    this.#events.delete(seq);
    this.#bytes -= known.bytes;
  }
}

/** Roughly, with what a name and a value take beside their letters: an attribute may be as long as data. */
export function bytesOf({ event }: Pick<KeptEvent, 'event'>): number {
  let bytes = event.data?.length ?? 0;
  for (const [name, value] of event.attributes) bytes += name.length + String(value).length + 100;
  return bytes;
}
