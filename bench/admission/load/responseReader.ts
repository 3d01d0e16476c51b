/** Reads HTTP/1.1 responses from a connection that waits for one at a time. */

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** The server closes the connection after it. */
  readonly isLast: boolean;
}

const END_OF_HEAD = '\r\n\r\n';
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * As little as a client can do: the load generator must cost less than what it measures, and node:https costs more than
 * a server that answers a fixed text.
 */
export class ResponseReader {
  #pending: Buffer = NOTHING;

  /** The response, once its last byte is there. */
  push(chunk: Buffer): HttpResponse | undefined {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const response = responseIn(bytes);
    this.#pending = response === undefined ? bytes : NOTHING;
    return response;
  }
}

function responseIn(bytes: Buffer): HttpResponse | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end).toLowerCase();
  const rest = bytes.subarray(end + END_OF_HEAD.length);
  const body = head.includes('\r\ntransfer-encoding: chunked') ? chunkedBody(rest) : sizedBody(rest, head);
  if (body === undefined) return undefined;
  return { status: Number(head.slice(9, 12)), body, isLast: head.includes('\r\nconnection: close') };
}

function sizedBody(rest: Buffer, head: string): Buffer | undefined {
  const length = Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  return rest.length < length ? undefined : rest.subarray(0, length);
}

/** RFC 9112, section 7.1, without trailers. */
function chunkedBody(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    const next = start + size + 2;
    if (rest.length < next) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(start, start + size));
    at = next;
  }
}
