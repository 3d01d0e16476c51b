/** Finds the head of a request in what has come of a connection so far. */
import { BadHead, type RequestHead, readRequestHead } from './head.ts';

/** As Envoy's default of 60 KiB. */
export const LONGEST_HEAD = 60 * 1024;
const END_OF_HEAD = '\r\n\r\n';

export interface FoundHead {
  readonly request: RequestHead;
  /** Bytes that it takes, with what was skipped before it. */
  readonly taken: number;
}

export class RequestHeadReader {
  /** Where the end of a head was looked for in vain. */
  #searched = 0;

  /**
   * @param bytes all that has come since the last head
   * @returns undefined where more must come
   * @throws BadHead
   */
  read(bytes: Buffer): FoundHead | undefined {
    let from = 0;
    // an empty line before a request is skipped (RFC 9112, section 2.2)
    while (bytes[from] === 0x0d && bytes[from + 1] === 0x0a) from += 2;
    const end = bytes.indexOf(END_OF_HEAD, Math.max(from, this.#searched), 'latin1');
    if ((end < 0 ? bytes.length : end) > LONGEST_HEAD)
      throw new BadHead(431, `the head of the request is longer than ${LONGEST_HEAD} bytes`);
    if (end < 0) {
      this.#searched = Math.max(0, bytes.length - 3);
      return undefined;
    }
    this.#searched = 0;
    return { request: readRequestHead(bytes.toString('latin1', from, end + 2)), taken: end + END_OF_HEAD.length };
  }
}
