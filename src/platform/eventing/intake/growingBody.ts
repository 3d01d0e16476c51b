/** A body as it comes. One that comes in very many pieces takes no more memory than twice its bytes. */
const LEAST_BYTES = 16 * 1024;
/** Nobody who says no length has more than this in advance. */
const MOST_AHEAD = 1024 * 1024;
const EMPTY: Buffer = Buffer.alloc(0);

export class GrowingBody {
  readonly #expected: number;
  #bytes = EMPTY;
  #length = 0;

  /** @param expected how long it is going to be; 0 or less where nobody said */
  constructor(expected: number) {
    this.#expected = expected;
  }

  get length(): number {
    return this.#length;
  }

  /** What it takes when it is so long. */
  bytesFor(length: number): number {
    if (length <= this.#expected) return this.#expected;
    if (length <= this.#bytes.length) return this.#bytes.length;
    return Math.max(LEAST_BYTES, length + Math.min(length, MOST_AHEAD));
  }

  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    // most come in one piece, which is not copied
    if (this.#length === 0) this.#bytes = piece;
    else {
      if (length > this.#bytes.length) this.#growTo(this.bytesFor(length));
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  whole(): Buffer {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  #growTo(bytes: number): void {
    const grown = Buffer.allocUnsafe(bytes);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
