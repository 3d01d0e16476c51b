/** One HTTP/1.1 connection to an instance, with one request under way at most. */
import { connect, type Socket } from 'node:net';
import type { Call, CallHandler, Failure } from '../exchange/call.ts';
import { BodyReader, type BodySink } from '../http1/body.ts';
import type { Fields } from '../http1/fields.ts';
import { BadHead, CHUNKED, type ResponseHead, readResponseHead, UNTIL_CLOSE } from '../http1/head.ts';
import { Wire } from '../http1/wire.ts';

/** Of an answer; Go's client takes up to 10 MB by default, and Envoy 60 kB. */
const LONGEST_HEAD = 256 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/** Where a connection goes when its request is over. */
export interface Pool {
  /** It may be used again. */
  onFree(connection: Connection): void;
  /** It is closed. */
  onClosed(connection: Connection): void;
}

export interface Address {
  /** The loopback interface unless said. */
  readonly host?: string;
  readonly port: number;
}

export interface Outgoing {
  /** The request's first line and fields, with the empty line. */
  readonly head: string;
  readonly framing: number;
  /** Its answer has no body: HEAD. */
  readonly isBodiless: boolean;
  readonly isUpgrade: boolean;
}

export class Connection implements Call, BodySink {
  /** When it became free; milliseconds. */
  freeSince = 0;
  /** What the instance says of how long it keeps it, in milliseconds. */
  keptFor: number | undefined;
  readonly #pool: Pool;
  readonly #socket: Socket;
  readonly #wire: Wire;
  #isConnected = false;
  #isClosed = false;
  #rest: Buffer | undefined;
  // of the request under way
  #handler: CallHandler | undefined;
  #outgoing: Outgoing | undefined;
  #isRequestWhole = false;
  #response: ResponseHead | undefined;
  #reader: BodyReader | undefined;
  #trailers: Fields | undefined;
  #isTunnel = false;

  constructor({ host = '127.0.0.1', port }: Address, pool: Pool) {
    this.#pool = pool;
    this.#socket = connect({ port, host, noDelay: true, allowHalfOpen: true });
    this.#wire = new Wire(this.#socket);
    this.#socket.on('connect', () => this.#onConnect());
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('drain', () => this.#handler?.onDrained());
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#onBroken(error));
    this.#socket.on('close', () => this.#onBroken(undefined));
  }

  /** Only on a connection that is free. */
  begin(outgoing: Outgoing, handler: CallHandler): void {
    this.#handler = handler;
    this.#outgoing = outgoing;
    this.#isRequestWhole = outgoing.framing === 0;
    this.#response = undefined;
    this.#reader = undefined;
    this.#trailers = undefined;
    this.#wire.text(outgoing.head);
    // the system keeps what is written before the connection stands, and forgets it where it is refused
    this.#wire.flush();
    if (this.#isConnected) handler.onConnected();
  }

  body(chunk: Buffer): boolean {
    if (this.#isTunnel || this.#outgoing?.framing !== CHUNKED) this.#wire.bytes(chunk);
    else this.#wire.chunk(chunk);
    this.#wire.flush();
    return !this.#wire.isFull;
  }

  end(trailers: Fields | undefined): void {
    if (this.#isTunnel) {
      this.#socket.end();
      return;
    }
    if (this.#isRequestWhole) return;
    this.#isRequestWhole = true;
    if (this.#outgoing?.framing === CHUNKED) this.#wire.lastChunk(trailers);
    this.#wire.flush();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  abort(): void {
    this.#handler = undefined;
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    this.#pool.onClosed(this);
  }

  onBody(chunk: Buffer): void {
    this.#handler?.onBody(chunk);
  }

  onBodyEnd(trailers: Fields | undefined): void {
    this.#trailers = trailers;
  }

  #onConnect(): void {
    this.#isConnected = true;
    this.#handler?.onConnected();
  }

  #onData(chunk: Buffer): void {
    const handler = this.#handler;
    // what nobody asked for: the answer to the next request would be somebody else's
    if (handler === undefined) {
      this.close();
      return;
    }
    try {
      this.#read(this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#fail({
        kind: 'malformed',
        isEarly: this.#response === undefined,
        message: `answered what is not HTTP/1.1: ${message}`,
      });
    }
    handler.onRead();
  }

  #read(bytes: Buffer): void {
    this.#rest = undefined;
    let at = 0;
    while (at < bytes.length && this.#handler !== undefined) {
      const part = at === 0 ? bytes : bytes.subarray(at);
      if (this.#isTunnel) {
        this.#handler.onBody(part);
        return;
      }
      const taken = this.#reader === undefined ? this.#readHead(part) : this.#reader.push(part);
      if (taken === 0) return;
      at += taken;
      if (this.#isAnswerWhole()) this.#finish(at === bytes.length);
    }
  }

  /** @returns how many bytes it has, or 0 where not all of them are there: they wait for the rest */
  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf(END_OF_HEAD, 0, 'latin1');
    if ((end < 0 ? bytes.length : end) > LONGEST_HEAD) throw new Error('its head is too long');
    if (end < 0) {
      this.#rest = bytes;
      return 0;
    }
    this.#onHead(readResponseHead(bytes.toString('latin1', 0, end + 2), this.#outgoing?.isBodiless === true));
    return end + END_OF_HEAD.length;
  }

  #isAnswerWhole(): boolean {
    if (this.#response === undefined || this.#isTunnel) return false;
    return this.#reader === undefined || this.#reader.hasEnded;
  }

  #onHead(head: ResponseHead): void {
    const handler = this.#handler;
    if (head.status === 101) {
      if (this.#outgoing?.isUpgrade !== true || head.upgrade === undefined) {
        throw new BadHead(502, 'it switches to another protocol, which nobody asked for');
      }
      this.#isTunnel = true;
    } else if (head.status < 200) {
      handler?.onInterim(head);
      return;
    }
    this.#response = head;
    if (head.framing !== 0) this.#reader = new BodyReader(head.framing, this);
    handler?.onHead(head);
  }

  /** The answer is whole. */
  #finish(isAllRead: boolean): void {
    const handler = this.#handler;
    const response = this.#response;
    this.#handler = undefined;
    // whoever paused it has the whole answer, and will not come back
    if (this.#socket.isPaused()) this.#socket.resume();
    if (response?.isKept === true && isAllRead && this.#isRequestWhole && !this.#isClosed) {
      this.keptFor = keptFor(response.fields);
      this.#pool.onFree(this);
    } else {
      this.close();
    }
    handler?.onBodyEnd(this.#trailers);
  }

  #onEnd(): void {
    const handler = this.#handler;
    if (handler === undefined) {
      this.close();
      return;
    }
    if (this.#isTunnel) {
      handler.onBodyEnd(undefined);
      handler.onRead();
      return;
    }
    if (this.#response?.framing === UNTIL_CLOSE && this.#reader?.close() === true) {
      this.#finish(true);
      handler.onRead();
      return;
    }
    this.#onBroken(undefined);
  }

  #onBroken(error: NodeJS.ErrnoException | undefined): void {
    const kind = this.#isConnected ? 'broken' : 'refused';
    const isEarly = this.#response === undefined;
    const code = error?.code === undefined ? '' : ` (${error.code})`;
    const when = isEarly ? 'before it answered' : 'in the middle of its answer';
    const message = kind === 'refused' ? `takes no connection${code}` : `broke the connection ${when}${code}`;
    this.#fail({ kind, isEarly, message });
  }

  #fail(failure: Failure): void {
    const handler = this.#handler;
    this.#handler = undefined;
    this.close();
    handler?.onFailed(failure);
  }
}

const TIMEOUT = /(?:^|[,; ])timeout=(\d{1,6})/i;

/** `Keep-Alive: timeout=5`, as Node's own server sends it. */
function keptFor({ keys, values }: Fields): number | undefined {
  const at = keys.indexOf('keep-alive');
  if (at < 0) return undefined;
  const seconds = TIMEOUT.exec(values[at] ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
