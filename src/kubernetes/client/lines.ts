/** A stream of bytes as lines, however it was cut into chunks. */
import { DecodingError } from './errors.ts';

const NEWLINE = 0x0a;

/**
 * The lines of a stream, without their ends; empty ones are left out. Bytes are put together before they are decoded,
 * so that a chunk may end inside a character. What follows the last newline is the beginning of a line that was cut,
 * and is dropped.
 */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<string> {
  let open: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      length += end - start;
      checkLength(length, mostBytes);
      open.push(chunk.subarray(start, end));
      if (length > 0) yield decode(open);
      open = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    open.push(chunk.subarray(start));
    length += chunk.length - start;
    checkLength(length, mostBytes);
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
