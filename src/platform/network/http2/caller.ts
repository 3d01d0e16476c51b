/** Requests to one instance whose port is named h2c: one connection, cleartext and without asking before. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Call, Caller, CallHandler, CallRequest, Failure } from '../exchange/call.ts';
import type { Fields } from '../http1/fields.ts';
import type { ResponseHead } from '../http1/head.ts';
import { fieldsFrom, framingOf, headersOf, safeTrailers, trailersOf } from './fields.ts';

const END_STREAM = constants.NGHTTP2_FLAG_END_STREAM;

/** Milliseconds without any request after which the connection is closed, as one of HTTP/1.1 is. */
const KEPT_FOR = 60_000;

export class Http2Caller implements Caller {
  readonly #port: number;
  readonly #clock: Clock;
  #session: ClientHttp2Session | undefined;
  /** Calls under way, on whichever connection. */
  #calls = 0;
  #callOff: () => void = () => {};

  constructor(port: number, clock: Clock) {
    this.#port = port;
    this.#clock = clock;
  }

  call(request: CallRequest, handler: CallHandler): Call {
    this.#callOff();
    const call = new Http2Call(this.#open(), request, handler, () => this.#onOver());
    this.#calls++;
    return call;
  }

  /** What is under way ends as it ends. */
  close(): void {
    this.#callOff();
    this.#session?.close();
    this.#session = undefined;
  }

  #onOver(): void {
    this.#calls--;
    this.#callOff();
    if (this.#calls === 0 && this.#session !== undefined) {
      this.#callOff = this.#clock.after(KEPT_FOR, () => this.close());
    }
  }

  #open(): ClientHttp2Session {
    if (this.#session !== undefined && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const session = connect(`http://127.0.0.1:${this.#port}`);
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    // each of its streams hears of it by itself
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    // one for each request that waits for it
    session.setMaxListeners(0);
    this.#session = session;
    return session;
  }
}

class Http2Call implements Call {
  readonly #stream: ClientHttp2Stream;
  readonly #isBodiless: boolean;
  #handler: CallHandler | undefined;
  #isConnected: boolean;
  #isEarly = true;
  #trailers: Fields | undefined;
  #requestTrailers: Fields | undefined;

  /** @param onOver nothing of it is under way any more */
  constructor(
    session: ClientHttp2Session,
    { request, path, authority, fields }: CallRequest,
    handler: CallHandler,
    onOver: () => void,
  ) {
    this.#handler = handler;
    this.#isBodiless = request.method === 'HEAD';
    this.#isConnected = !session.connecting;
    const headers = {
      ...headersOf(fields),
      ':method': request.method,
      ':path': path,
      ':authority': authority,
      ':scheme': 'http',
    };
    const endStream = request.framing === 0;
    const stream = session.request(headers, { endStream, waitForTrailers: !endStream });
    this.#stream = stream;
    if (this.#isConnected) handler.onConnected();
    else session.once('connect', () => this.#onConnect());
    stream.on('headers', (all) => this.#guarded(() => this.#handler?.onInterim(headOf(all, true))));
    stream.on('response', (all, flags) => this.#guarded(() => this.#onResponse(all, flags)));
    stream.on('data', (chunk: Buffer) => {
      this.#handler?.onBody(chunk);
      this.#handler?.onRead();
    });
    stream.on('trailers', (all) => {
      this.#trailers = safeTrailers(all);
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailersOf(this.#requestTrailers)));
    stream.on('drain', () => this.#handler?.onDrained());
    stream.on('end', () => this.#onEnd());
    stream.on('error', (error: NodeJS.ErrnoException) => this.#onBroken(error.code));
    stream.on('close', () => {
      this.#onBroken(undefined);
      onOver();
    });
  }

  body(chunk: Buffer): boolean {
    return this.#stream.write(chunk);
  }

  end(trailers: Fields | undefined): void {
    this.#requestTrailers = trailers;
    this.#stream.end();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  abort(): void {
    this.#handler = undefined;
    this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  #guarded(read: () => void): void {
    try {
      read();
    } catch (error) {
      const handler = this.#handler;
      this.abort();
      const message = error instanceof Error ? error.message : String(error);
      handler?.onFailed({
        kind: 'malformed',
        isEarly: this.#isEarly,
        message: `answered what is not HTTP: ${message}`,
      });
    }
  }

  #onConnect(): void {
    this.#isConnected = true;
    this.#handler?.onConnected();
  }

  #onResponse(headers: IncomingHttpHeaders, flags: number): void {
    const head = headOf(headers, (flags & END_STREAM) !== 0 || this.#isBodiless);
    this.#isEarly = false;
    this.#handler?.onHead(head);
    this.#handler?.onRead();
  }

  #onEnd(): void {
    if (this.#isEarly) return;
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onBodyEnd(this.#trailers);
    handler?.onRead();
  }

  #onBroken(code: string | undefined): void {
    const handler = this.#handler;
    this.#handler = undefined;
    handler?.onFailed(this.#failure(code));
  }

  #failure(code: string | undefined): Failure {
    const isEarly = this.#isEarly;
    const why = code === undefined ? '' : ` (${code})`;
    // a stream that is refused was not looked at (RFC 9113, section 8.7)
    if (!this.#isConnected || (isEarly && this.#stream.rstCode === constants.NGHTTP2_REFUSED_STREAM)) {
      return { kind: 'refused', isEarly, message: `takes no connection by HTTP/2${why}` };
    }
    return {
      kind: 'broken',
      isEarly,
      message: `broke the request ${isEarly ? 'before it answered' : 'in the middle of its answer'}${why}`,
    };
  }
}

function headOf(headers: IncomingHttpHeaders, isEmpty: boolean): ResponseHead {
  const fields = fieldsFrom(headers);
  return {
    status: Number(headers[':status']),
    reason: '',
    isHttp10: false,
    fields,
    framing: framingOf(fields, isEmpty),
    isKept: true,
    connection: [],
    upgrade: undefined,
  };
}
