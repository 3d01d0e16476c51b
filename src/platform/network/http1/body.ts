/** Finds a body's end while it passes, and hands on what it carries without its framing. */
import { type Fields, hasBadBytes, noFields, readFields } from './fields.ts';
import { CHUNKED, UNTIL_CLOSE } from './head.ts';

/** Where a body goes. */
export interface BodySink {
  onBody(chunk: Buffer): void;
  onBodyEnd(trailers: Fields | undefined): void;
}

/** A chunk's size, up to 13 digits, and extensions, which nobody hands on (RFC 9112, section 7.1.1). */
const SIZE_LINE = /^([0-9a-fA-F]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const LONGEST_SIZE_LINE = 1024;
const LONGEST_TRAILERS = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
/**
 * Trailers that would change what was said before of the message (RFC 9110, section 6.5.1), or are for one hop alone:
 * HTTP/2 forbids those, and Node throws where it is given one.
 */
const NO_TRAILER = new Set([
  'content-length',
  'transfer-encoding',
  'host',
  'connection',
  'trailer',
  'upgrade',
  'te',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
]);

type State = 'data' | 'size' | 'afterData' | 'trailers' | 'ended';

export class BodyReader {
  readonly #sink: BodySink;
  readonly #isChunked: boolean;
  #state: State;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #remaining: number;
  /** The part of a line that has come. */
  #line = '';
  #trailers = '';

  constructor(framing: number, sink: BodySink) {
    this.#sink = sink;
    this.#isChunked = framing === CHUNKED;
    this.#state = this.#isChunked ? 'size' : 'data';
    this.#remaining = framing === UNTIL_CLOSE ? Number.POSITIVE_INFINITY : framing;
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /**
   * @returns how many bytes belong to the body; the rest is of the next message
   * @throws Error where the framing is broken
   */
  push(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'ended')
      at = this.#isData() ? this.#data(bytes, at) : this.#framing(bytes, at);
    return at;
  }

  /** The connection ended, which is a body's right end only where nothing else tells it. */
  close(): boolean {
    if (this.#isChunked || this.#remaining !== Number.POSITIVE_INFINITY) return false;
    this.#end(undefined);
    return true;
  }

  #isData(): boolean {
    return this.#state === 'data';
  }

  #data(bytes: Buffer, at: number): number {
    const take = Math.min(this.#remaining, bytes.length - at);
    this.#remaining -= take;
    const isLast = this.#remaining === 0;
    if (isLast && this.#isChunked) this.#state = 'afterData';
    this.#sink.onBody(take === bytes.length ? bytes : bytes.subarray(at, at + take));
    if (isLast && !this.#isChunked) this.#end(undefined);
    return at + take;
  }

  /** Takes one line, or the part of it that is there. */
  #framing(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(LF, at);
    const upTo = end < 0 ? bytes.length : end + 1;
    const most = this.#state === 'trailers' ? LONGEST_TRAILERS : LONGEST_SIZE_LINE;
    if (this.#line.length + upTo - at > most) throw new Error('a line of the chunked body is too long');
    this.#line += bytes.toString('latin1', at, upTo);
    if (end < 0) return upTo;
    if (this.#line.charCodeAt(this.#line.length - 2) !== CR)
      throw new Error('a line of the chunked body does not end with CRLF');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    this.#takeLine(line);
    return upTo;
  }

  #takeLine(line: string): void {
    if (this.#state === 'afterData') {
      if (line !== '') throw new Error('a chunk is longer than it says');
      this.#state = 'size';
      return;
    }
    if (this.#state === 'size') {
      const size = SIZE_LINE.exec(line)?.[1];
      if (size === undefined) throw new Error('the size of a chunk is not one');
      this.#remaining = Number.parseInt(size, 16);
      this.#state = this.#remaining === 0 ? 'trailers' : 'data';
      return;
    }
    if (line === '') {
      this.#end(this.#readTrailers());
      return;
    }
    this.#trailers += `${line}\r\n`;
    if (this.#trailers.length > LONGEST_TRAILERS) throw new Error('the trailers are too long');
  }

  #readTrailers(): Fields | undefined {
    if (this.#trailers === '') return undefined;
    const read = hasBadBytes(this.#trailers) ? undefined : readFields(this.#trailers, 0);
    if (read === undefined) throw new Error('the trailers are no header lines');
    const kept = noFields();
    for (const [index, key] of read.keys.entries()) {
      if (NO_TRAILER.has(key)) continue;
      kept.names.push(read.names[index] ?? '');
      kept.keys.push(key);
      kept.values.push(read.values[index] ?? '');
    }
    return kept;
  }

  #end(trailers: Fields | undefined): void {
    this.#state = 'ended';
    this.#sink.onBodyEnd(trailers);
  }
}
