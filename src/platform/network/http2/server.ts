/** A client's connection that speaks cleartext HTTP/2 from its first byte on, as those of gRPC do. */
import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Asker } from '../exchange/answer.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { isResponseHop } from '../exchange/forwarded.ts';
import { type Fields, isToken } from '../http1/fields.ts';
import { BadHead, type RequestHead, type ResponseHead } from '../http1/head.ts';
import type { Http2Connection } from './connection.ts';
import { fieldsFrom, framingOf, headersOf, safeTrailers, trailersOf } from './fields.ts';

const PATH = /^[\x21-\x7e\x80-\xff]+$/;
const MOST_STREAMS = 1000;
const MOST_FIELDS = 100;

export type OnRequest = (request: RequestHead, asker: Asker) => Conversation | undefined;

/** @param socket nobody reads it any more, and what was read is back in it */
export function serveHttp2(socket: Socket, address: string, clock: Clock, onRequest: OnRequest): Http2Connection {
  const session = performServerHandshake(socket, {
    maxHeaderListPairs: MOST_FIELDS,
    settings: { maxConcurrentStreams: MOST_STREAMS },
  });
  session.on('error', () => socket.destroy());
  const now = (): number => clock.now().getTime();
  let streams = 0;
  let idleSince: number | undefined = now();
  session.on('stream', (stream, headers, flags) => {
    streams++;
    idleSince = undefined;
    stream.on('close', () => {
      streams--;
      if (streams === 0) idleSince = now();
    });
    new Http2Answer(stream, address).begin(headers, flags, onRequest);
  });
  return {
    get idleSince() {
      return idleSince;
    },
    close: () => session.close(),
  };
}

class Http2Answer implements Asker {
  readonly address: string;
  readonly #stream: ServerHttp2Stream;
  #conversation: Conversation | undefined;
  #trailers: Fields | undefined;
  #requestTrailers: Fields | undefined;

  constructor(stream: ServerHttp2Stream, address: string) {
    this.address = address;
    this.#stream = stream;
    stream.on('error', () => undefined);
    stream.on('wantTrailers', () => stream.sendTrailers(trailersOf(this.#trailers)));
  }

  begin(headers: IncomingHttpHeaders, flags: number, onRequest: OnRequest): void {
    const stream = this.#stream;
    let request: RequestHead;
    try {
      request = requestOf(headers, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0);
    } catch (error) {
      this.answer(400, `${error instanceof Error ? error.message : 'it is broken'}\n`);
      return;
    }
    stream.on('trailers', (all) => {
      this.#requestTrailers = safeTrailers(all);
    });
    stream.on('data', (chunk: Buffer) => this.#conversation?.onRequestBody(chunk));
    stream.on('end', () => {
      if (request.framing !== 0) this.#conversation?.onRequestEnd(this.#requestTrailers);
    });
    stream.on('drain', () => this.#conversation?.onClientDrained());
    stream.on('aborted', () => this.#onGone());
    stream.on('close', () => this.#onGone());
    try {
      this.#conversation = onRequest(request, this);
      this.#conversation?.begin();
    } catch (error) {
      if (!(error instanceof BadHead)) throw error;
      this.answer(error.status, `${error.message}\n`);
    }
  }

  interim(head: ResponseHead): void {
    if (this.#stream.headersSent) return;
    this.#stream.additionalHeaders({ ...linesOf(head), ':status': head.status });
  }

  head(head: ResponseHead): void {
    const endStream = head.framing === 0;
    this.#stream.respond({ ...linesOf(head), ':status': head.status }, { endStream, waitForTrailers: !endStream });
  }

  body(chunk: Buffer): boolean {
    return this.#stream.write(chunk);
  }

  end(trailers: Fields | undefined): void {
    this.#conversation = undefined;
    this.#trailers = trailers;
    this.#stream.end();
  }

  flush(): void {
    // Node sends what it is given
  }

  fail(status: number, text: string): void {
    this.answer(status, text);
  }

  cut(): void {
    this.#conversation = undefined;
    this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  hold(): void {
    this.#stream.pause();
  }

  release(): void {
    this.#stream.resume();
  }

  answer(status: number, text: string): void {
    this.#conversation = undefined;
    // one that its client reset in the same breath is closed before it was looked at
    if (this.#stream.closed || this.#stream.destroyed || this.#stream.headersSent) return;
    this.#stream.respond({ ':status': status, 'content-type': 'text/plain; charset=utf-8' });
    this.#stream.end(text);
  }

  #onGone(): void {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    conversation?.onClientGone();
  }
}

/** @throws Error where something of it could not be written as HTTP/1.1 */
function requestOf(headers: IncomingHttpHeaders, isEmpty: boolean): RequestHead {
  const fields = fieldsFrom(headers);
  const { ':method': method = 'GET', ':path': target = '/', ':authority': authority } = headers;
  if (!isToken(method) || !PATH.test(target)) throw new Error('the method or the path is none of HTTP');
  return {
    method,
    target,
    host: authority ?? headers.host,
    isHttp10: false,
    fields,
    framing: framingOf(fields, isEmpty),
    isKept: true,
    connection: [],
    upgrade: undefined,
  };
}

function linesOf(head: ResponseHead): ReturnType<typeof headersOf> {
  const { keys, values } = head.fields;
  return headersOf(keys.flatMap((key, index) => (isResponseHop(head, key) ? [] : [key, values[index] ?? ''])));
}
