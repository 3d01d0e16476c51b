/** One HTTP/1.1 connection to somebody who gets events, with one request under way at most. */
import type { Socket } from 'node:net';
import type { Headers } from '../../../cloudevents/http.ts';
import { isDelivered } from '../../../knative/eventing/retries.ts';
import { messageOf } from '../../database/storeError.ts';
import { BodyReader, type BodySink } from '../../network/http1/body.ts';
import { type ResponseHead, readResponseHead, UNTIL_CLOSE } from '../../network/http1/head.ts';
import { headersOf } from './headers.ts';

/** A request with its first line, its fields and its body. */
export interface Message {
  /** In ISO 8859-1; with the body, where that is short. */
  readonly text: string;
  readonly body: Buffer | undefined;
}

export type Answered =
  | { readonly is: 'answered'; readonly status: number; readonly headers: Headers; readonly body: Buffer }
  /** `isStale`: the connection had been kept, and the other side closed it before anything came back. */
  | { readonly is: 'failed'; readonly error: string; readonly isStale: boolean };

/**
 * Begins a connection.
 *
 * @param onBytes gets what comes, which is somebody else's once it returns
 */
export type Open = (onBytes: (bytes: Buffer) => void) => Socket;

/** Where a connection goes when its request is over. */
export interface ConnectionPool {
  onFree(connection: Connection): void;
  /** After which it may be that `onFree` never comes. */
  onClosed(connection: Connection): void;
}

/** Of an answer's body: as much as an event may have. */
export const MOST_BYTES = 8 * 1024 * 1024;
const LONGEST_HEAD = 64 * 1024;
/** For the rest of a request whose success was told already, where nobody else sets it a time. */
export const REST_MS = 30_000;
const END_OF_HEAD = '\r\n\r\n';
const EMPTY: Buffer = Buffer.alloc(0);

export class Connection implements BodySink {
  /** When it became free; milliseconds. */
  freeSince = 0;
  readonly #socket: Socket;
  readonly #pool: ConnectionPool;
  #isUsed = false;
  #isClosed = false;
  /** The answer, while what is left of the request is still to be sent. */
  #early: { readonly answered: Answered; isKept: boolean; readonly timer: NodeJS.Timeout | undefined } | undefined;
  #rest: Buffer | undefined;
  // of the request under way
  #done: ((answered: Answered) => void) | undefined;
  #isTimed = false;
  #isSilent = true;
  #head: ResponseHead | undefined;
  #reader: BodyReader | undefined;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(open: Open, pool: ConnectionPool) {
    const socket = open((bytes) => this.#onBytes(bytes));
    this.#socket = socket;
    this.#pool = pool;
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onGone(messageOf(error) || `${error.code}`));
    socket.on('close', () => this.#onGone(CUT));
  }

  /**
   * Only on one that is free.
   *
   * @param isTimed whoever sends closes it when its time is over
   */
  send({ text, body }: Message, done: (answered: Answered) => void, isTimed: boolean): void {
    this.#done = done;
    this.#isTimed = isTimed;
    this.#isSilent = true;
    this.#head = undefined;
    this.#reader = undefined;
    // the system keeps what is written before the connection stands
    if (body === undefined) {
      this.#socket.write(text, 'latin1');
      return;
    }
    this.#socket.cork();
    this.#socket.write(text, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  /** @param why what the request under way failed of */
  close(why: string): void {
    // whoever closes it here is not the other side: what is under way is not to be sent again
    this.#isSilent = false;
    this.#fail(this.#early === undefined ? why : `${why}, though a success was told before all of the event was there`);
  }

  onBody(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) this.#fail(TOO_LARGE);
    else this.#chunks.push(Buffer.from(chunk));
  }

  onBodyEnd(): void {}

  #onBytes(bytes: Buffer): void {
    if (this.#early !== undefined) {
      this.#early.isKept = false;
      return;
    }
    // what nobody asked for: the answer to the next request would be somebody else's
    if (this.#done === undefined) {
      this.#close();
      return;
    }
    this.#isSilent = false;
    try {
      this.#read(this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]));
    } catch (error) {
      this.#fail(`the answer is not HTTP/1.1: ${messageOf(error)}`);
    }
  }

  #read(bytes: Buffer): void {
    this.#rest = undefined;
    let at = 0;
    while (at < bytes.length && this.#done !== undefined && this.#early === undefined) {
      const part = at === 0 ? bytes : bytes.subarray(at);
      const taken = this.#reader === undefined ? this.#readHead(part) : this.#reader.push(part);
      if (taken === 0) return;
      at += taken;
      if (this.#head !== undefined && this.#reader?.hasEnded !== false) this.#finish(at === bytes.length);
    }
  }

  /** @returns how many bytes it has, or 0 where not all of them are there: they wait for the rest */
  #readHead(bytes: Buffer): number {
    const end = bytes.indexOf(END_OF_HEAD, 0, 'latin1');
    if ((end < 0 ? bytes.length : end) > LONGEST_HEAD) throw new Error('its head is too long');
    if (end < 0) {
      this.#rest = Buffer.from(bytes);
      return 0;
    }
    const head = readResponseHead(bytes.toString('latin1', 0, end + 2), false);
    if (head.status === 101) throw new Error('it switches to another protocol, which nobody asked for');
    // one that says that there will be another
    if (head.status < 200) return end + END_OF_HEAD.length;
    this.#head = head;
    if (head.framing > MOST_BYTES) this.#fail(TOO_LARGE);
    else if (head.framing !== 0) this.#reader = new BodyReader(head.framing, this);
    return end + END_OF_HEAD.length;
  }

  #finish(isAllRead: boolean): void {
    const head = this.#head;
    if (this.#done === undefined || head === undefined) return;
    const { status } = head;
    const [first = EMPTY] = this.#chunks;
    const body = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#chunks = [];
    this.#bytes = 0;
    this.#isUsed = true;
    const answered: Answered = { is: 'answered', status, headers: headersOf(head.fields), body };
    const isKept = head.isKept && isAllRead;
    if (this.#socket.writableLength === 0) this.#settle(answered, isKept);
    else if (isDelivered({ status })) this.#sendOn(answered, isKept);
    // what refuses the request wants no more of it (RFC 9112, section 9.5)
    else this.#settle(answered, false);
  }

  /**
   * A success may be told before all of the request is there, by who begins his answer at once and reads on: the event
   * would be lost with him if it were cut now. One who does not read on is not waited for without an end.
   */
  #sendOn(answered: Answered, isKept: boolean): void {
    const breakOff = (): void => this.close(`the rest of the event was not taken within ${REST_MS} ms`);
    const timer = this.#isTimed ? undefined : setTimeout(breakOff, REST_MS);
    const early = { answered, isKept, timer };
    this.#early = early;
    // both call back behind what is still to be sent
    if (this.#socket.writableEnded) this.#socket.end(() => this.#settle(answered, false));
    else this.#socket.write(EMPTY, (error) => this.#settle(answered, !error && early.isKept));
  }

  #settle(answered: Answered, isKept: boolean): void {
    const done = this.#takeDone();
    if (done === undefined) return;
    if (isKept) this.#pool.onFree(this);
    else this.#close();
    done(answered);
  }

  /** The other side says no more, and may read on. */
  #onEnd(): void {
    if (this.#early !== undefined) {
      this.#early.isKept = false;
      return;
    }
    if (this.#head?.framing === UNTIL_CLOSE && this.#reader?.close() === true) this.#finish(false);
    else this.#fail(CUT);
  }

  /** Who goes after he has told a success has what he wants: his word stands (RFC 9110, section 15.3). */
  #onGone(why: string): void {
    if (this.#early === undefined) this.#fail(why);
    else this.#settle(this.#early.answered, false);
  }

  #fail(error: string): void {
    const done = this.#takeDone();
    const isStale = this.#isUsed && this.#isSilent;
    this.#close();
    done?.({ is: 'failed', error, isStale });
  }

  /** Who waits for the answer, which is over. */
  #takeDone(): ((answered: Answered) => void) | undefined {
    const done = this.#done;
    clearTimeout(this.#early?.timer);
    this.#done = undefined;
    this.#early = undefined;
    return done;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    this.#pool.onClosed(this);
  }
}

const CUT = 'the connection was closed before all of an answer had come';
const TOO_LARGE = `the answer has more than ${MOST_BYTES} bytes`;
