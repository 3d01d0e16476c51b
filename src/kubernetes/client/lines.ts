/** A stream of bytes as lines, however it was cut into chunks. */
import { DecodingError } from './errors.ts';

const NEWLINE = 0x0a;

/**
 * The lines of a stream, without their ends; empty ones are left out. What follows the last newline is the beginning of a
 * line that was cut, and is dropped.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<string> {
  const lines = new Lines(mostBytes);
  for await (const chunk of chunks) yield* lines.endedBy(chunk);
}

/**
 * Takes a stream chunk by chunk. Bytes are put together before they are decoded, so that a chunk may end inside a
 * character.
 */
export class Lines {
  readonly #mostBytes: number;
  /** The beginning of a line that has no end yet. */
  #open: Uint8Array[] = [];
  #length = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** The lines that end within the chunk, without their ends; empty ones are left out. */
  endedBy(chunk: Uint8Array): string[] {
    const ended: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#add(chunk.subarray(start, end));
      if (this.#length > 0) ended.push(decode(this.#open));
      this.#open = [];
      this.#length = 0;
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
    return ended;
  }

  #add(part: Uint8Array): void {
    this.#length += part.length;
    checkLength(this.#length, this.#mostBytes);
    this.#open.push(part);
  }
}

/** All bytes of a stream as text. */
export async function textOf(chunks: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    length += chunk.length;
    checkLength(length, mostBytes);
  }
  return decode(all);
}

function checkLength(length: number, mostBytes: number): void {
  if (length > mostBytes) throw new DecodingError(`the answer is longer than ${mostBytes} bytes`);
}

function decode(parts: readonly Uint8Array[]): string {
  const [only] = parts;
  const bytes =
    parts.length === 1 && only !== undefined
      ? Buffer.from(only.buffer, only.byteOffset, only.length)
      : Buffer.concat(parts);
  return bytes.toString('utf8');
}
