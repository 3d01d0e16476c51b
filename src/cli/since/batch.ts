/** Reads the answers of `git cat-file --batch` as they come in: `<hash> SP <type> SP <size> LF <content> LF`. */
export class BatchReader {
  readonly #take: (content: Buffer) => void;
  #pending: Buffer = Buffer.alloc(0);
  /** Chunks of the content that is coming in, and what is still missing of it, its last line break included. */
  #content: Buffer[] = [];
  #missing = 0;

  constructor(take: (content: Buffer) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#missing > 0 ? this.#addContent(rest) : this.#addHead(rest);
    }
  }

  #addContent(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#missing);
    this.#content.push(part);
    this.#missing -= part.length;
    if (this.#missing === 0) {
      const whole = Buffer.concat(this.#content);
      this.#content = [];
      this.#take(whole.subarray(0, whole.length - 1));
    }
    return chunk.subarray(part.length);
  }

  #addHead(chunk: Buffer): Buffer {
    const end = chunk.indexOf(10);
    if (end < 0) {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      return Buffer.alloc(0);
    }
    const head = Buffer.concat([this.#pending, chunk.subarray(0, end)]).toString();
    this.#pending = Buffer.alloc(0);
    const size = Number(head.split(' ')[2]);
    if (!Number.isSafeInteger(size)) throw new Error(`git cat-file said ${JSON.stringify(head)}`);
    this.#missing = size + 1;
    return chunk.subarray(end + 1);
  }
}
