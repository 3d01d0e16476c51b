/** Writes the answers of one HTTP/1.1 connection, one after the other. */
import { responseLines } from '../exchange/forwarded.ts';
import type { Fields } from '../http1/fields.ts';
import type { RequestHead, ResponseHead } from '../http1/head.ts';
import type { Wire } from '../http1/wire.ts';
import { REASONS } from './reasons.ts';

export class AnswerWriter {
  /** The connection ends with this answer. */
  isLast = false;
  /** Something of the answer was written. */
  isBegun = false;
  /** All of it was. */
  isWhole = false;
  readonly #wire: Wire;
  /** Undefined where its head could not be read. */
  #request: RequestHead | undefined;
  #isChunked = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** @param request the next to be answered */
  begin(request: RequestHead | undefined): void {
    this.#request = request;
    this.isBegun = false;
    this.isWhole = false;
    this.#isChunked = false;
  }

  interim(head: ResponseHead): void {
    if (this.#request?.isHttp10 !== false) return;
    this.#wire.text(`HTTP/1.1 ${head.status} ${head.reason}\r\n${responseLines(head)}\r\n`);
    this.#wire.flush();
  }

  /** @param isRequestWhole otherwise the rest of the request would be taken for the next one */
  head(head: ResponseHead, isRequestWhole: boolean): void {
    const text = `HTTP/1.1 ${head.status} ${head.reason}\r\n${responseLines(head)}`;
    this.isBegun = true;
    if (head.status === 101) {
      this.isLast = true;
      this.#wire.text(`${text}Connection: Upgrade\r\n\r\n`);
      return;
    }
    const isHttp10 = this.#request?.isHttp10 !== false;
    const hasNoLength = head.framing < 0;
    this.#isChunked = hasNoLength && !isHttp10;
    if (hasNoLength && isHttp10) this.isLast = true;
    const framing = this.#isChunked ? 'Transfer-Encoding: chunked\r\n' : '';
    this.#wire.text(`${text}${framing}${this.#connection(isRequestWhole)}\r\n`);
  }

  body(chunk: Buffer): void {
    if (this.#isChunked) this.#wire.chunk(chunk);
    else this.#wire.bytes(chunk);
  }

  end(trailers: Fields | undefined): void {
    if (this.#isChunked) this.#wire.lastChunk(trailers);
    this.isWhole = true;
  }

  /**
   * A whole answer of the platform's own, as plain text.
   *
   * @param lines more fields, each with its CRLF
   */
  whole(status: number, text: string, isRequestWhole: boolean, lines = ''): void {
    const body = Buffer.from(text);
    this.#wire.text(
      `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\nContent-Type: text/plain; charset=utf-8\r\n${lines}` +
        `Content-Length: ${body.length}\r\n${this.#connection(isRequestWhole)}\r\n`,
    );
    this.isBegun = true;
    this.isWhole = true;
    if (this.#request?.method !== 'HEAD') this.#wire.bytes(body);
  }

  /** The answer to CONNECT. */
  established(): void {
    this.isBegun = true;
    this.#wire.text('HTTP/1.1 200 Connection Established\r\n\r\n');
  }

  #connection(isRequestWhole: boolean): string {
    if (this.#request?.isKept !== true || !isRequestWhole) this.isLast = true;
    if (this.isLast) return 'Connection: close\r\n';
    return this.#request?.isHttp10 === true ? 'Connection: keep-alive\r\n' : '';
  }
}
