/** One HTTP/1.1 connection of a client: its requests one after the other, each with its answer. */
import type { Socket } from 'node:net';
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Asker } from '../exchange/answer.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { BodyReader, type BodySink } from '../http1/body.ts';
import type { Fields } from '../http1/fields.ts';
import { BadHead, type RequestHead, type ResponseHead } from '../http1/head.ts';
import { RequestHeadReader } from '../http1/headReader.ts';
import { Wire } from '../http1/wire.ts';
import type { Http2Connection, TakeHttp2 } from '../http2/connection.ts';
import { AnswerWriter } from './answerWriter.ts';
import { endSlowly, Intake } from './intake.ts';
import { PREFACE } from './preface.ts';

export interface ClientOptions {
  readonly clock: Clock;
  /** Undefined where the request was answered at once. */
  onRequest(request: RequestHead, client: Client): Conversation | undefined;
  onClosed(client: Client): void;
  /** Where cleartext HTTP/2 is taken. */
  readonly onHttp2?: TakeHttp2 | undefined;
}

/** As Envoy's default. */
const MOST_FIELDS = 100;
/** Of the next requests, before the first is answered. */
const MOST_AHEAD = 64 * 1024;

type State = 'head' | 'body' | 'answer' | 'tunnel' | 'closing';

export class Client implements Asker, BodySink {
  readonly address: string;
  /** Of a head, something has come. */
  isInHead = false;
  readonly #socket: Socket;
  readonly #wire: Wire;
  readonly #writer: AnswerWriter;
  readonly #intake: Intake;
  readonly #options: ClientOptions;
  #state: State = 'head';
  readonly #heads = new RequestHeadReader();
  #idleSince: number | undefined;
  #http2: Http2Connection | undefined;
  /** Whose answer is not whole yet. */
  #isUnderWay = false;
  #reader: BodyReader | undefined;
  #conversation: Conversation | undefined;
  readonly #onBytes = (bytes: Buffer): boolean => this.#step(bytes);
  readonly #onProblem = (error: unknown): void => this.#refuse(badHeadOf(error));

  constructor(socket: Socket, options: ClientOptions) {
    this.#socket = socket;
    this.#wire = new Wire(socket);
    this.#writer = new AnswerWriter(this.#wire);
    this.#intake = new Intake(socket);
    this.#options = options;
    this.address = plainAddress(socket.remoteAddress);
    this.#idleSince = this.#now();
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.#onGone());
    socket.on('close', () => {
      this.#onGone();
      options.onClosed(this);
    });
  }

  /** Since when it has been sending a head, or nothing at all; milliseconds. Undefined while a request is under way. */
  get idleSince(): number | undefined {
    return this.#http2 === undefined ? this.#idleSince : this.#http2.idleSince;
  }

  /** From outside: the server closes, or nothing has come for long. */
  close(): void {
    if (this.#http2 !== undefined) this.#http2.close();
    else if (this.#conversation === undefined) this.#socket.destroy();
    else this.#writer.isLast = true;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // the answer

  interim(head: ResponseHead): void {
    this.#writer.interim(head);
  }

  head(head: ResponseHead): void {
    this.#writer.head(head, this.#state !== 'body');
    if (head.status === 101) this.#becomeTunnel();
  }

  body(chunk: Buffer): boolean {
    this.#writer.body(chunk);
    return !this.#wire.isFull;
  }

  end(trailers: Fields | undefined): void {
    if (this.#state === 'tunnel') {
      this.#wire.flush();
      this.#socket.end();
      return;
    }
    this.#writer.end(trailers);
    this.#finish();
  }

  flush(): void {
    this.#wire.flush();
  }

  fail(status: number, text: string): void {
    this.#answer(status, text, 'X-Content-Type-Options: nosniff\r\n');
  }

  answer(status: number, text: string): void {
    this.#answer(status, text);
  }

  cut(): void {
    this.#conversation = undefined;
    this.#wire.flush();
    this.#socket.destroy();
  }

  hold(): void {
    this.#intake.hold();
  }

  release(): void {
    this.#intake.release();
  }

  /** To CONNECT. As a tunnel, what comes now is bytes that nobody looks into; otherwise requests follow. */
  established(isTunnel: boolean): void {
    this.#writer.established();
    if (isTunnel) this.#becomeTunnel();
    else this.#finish();
  }

  // the request

  onBody(chunk: Buffer): void {
    this.#conversation?.onRequestBody(chunk);
  }

  onBodyEnd(trailers: Fields | undefined): void {
    if (this.#state === 'body') this.#state = 'answer';
    this.#reader = undefined;
    this.#conversation?.onRequestEnd(trailers);
  }

  #onData(chunk: Buffer): void {
    if (this.#state === 'closing') return;
    this.#intake.add(chunk);
    this.#advance();
  }

  #advance(): void {
    this.#intake.advance(this.#onBytes, this.#onProblem);
  }

  /** @returns false where more must come, or the answer go, before it goes on */
  #step(bytes: Buffer): boolean {
    switch (this.#state) {
      case 'head':
        if (!this.#wire.isFull) return this.#readHead(bytes);
        // of who asks on and reads no answer, all of them would be kept
        this.hold();
        return false;
      case 'body': {
        const taken = this.#reader?.push(bytes) ?? bytes.length;
        this.#intake.take(bytes, taken);
        return true;
      }
      case 'tunnel':
        this.#intake.clear();
        this.#conversation?.onRequestBody(bytes);
        return false;
      case 'closing':
        this.#intake.clear();
        return false;
      case 'answer':
        if (bytes.length > MOST_AHEAD) this.hold();
        return false;
    }
  }

  #readHead(bytes: Buffer): boolean {
    if (this.#options.onHttp2 !== undefined && bytes.toString('latin1', 0, PREFACE.length) === PREFACE) {
      this.#handOver(bytes, this.#options.onHttp2);
      return false;
    }
    if (!this.isInHead) this.#idleSince = this.#now();
    this.isInHead = true;
    const found = this.#heads.read(bytes);
    if (found === undefined) return false;
    this.isInHead = false;
    this.#idleSince = undefined;
    this.#intake.take(bytes, found.taken);
    this.#begin(found.request);
    return true;
  }

  #handOver(bytes: Buffer, onHttp2: TakeHttp2): void {
    const socket = this.#socket;
    this.#state = 'closing';
    this.#intake.clear();
    this.isInHead = false;
    this.#idleSince = undefined;
    socket.pause();
    for (const event of ['data', 'drain', 'end']) socket.removeAllListeners(event);
    socket.unshift(bytes);
    this.#http2 = onHttp2(socket, this.address);
  }

  #begin(request: RequestHead): void {
    this.#isUnderWay = true;
    this.#writer.begin(request);
    this.#state = request.framing === 0 ? 'answer' : 'body';
    if (request.fields.names.length > MOST_FIELDS)
      throw new BadHead(431, `the request has more than ${MOST_FIELDS} header fields`);
    if (request.framing !== 0) this.#reader = new BodyReader(request.framing, this);
    this.#conversation = this.#options.onRequest(request, this);
    this.#conversation?.begin();
  }

  #becomeTunnel(): void {
    this.#state = 'tunnel';
    this.#wire.flush();
    this.#advance();
  }

  #answer(status: number, text: string, lines?: string): void {
    this.#writer.whole(status, text, this.#state !== 'body', lines);
    this.#finish();
  }

  /** The answer is given. */
  #finish(): void {
    if (!this.#isUnderWay) return;
    this.#isUnderWay = false;
    this.#conversation = undefined;
    this.#wire.flush();
    if (this.#state === 'closing') return;
    if (this.#writer.isLast || this.#state === 'body') {
      this.#linger();
      return;
    }
    this.#state = 'head';
    this.#writer.begin(undefined);
    this.#idleSince = this.#now();
    this.release();
    this.#advance();
  }

  /** Whoever is still sending would lose the answer if the connection broke at once. */
  #linger(): void {
    this.#state = 'closing';
    this.#reader = undefined;
    this.#intake.clear();
    this.release();
    const { clock } = this.#options;
    endSlowly(this.#socket, (milliseconds, callback) => clock.after(milliseconds, callback));
  }

  #refuse({ status, message }: BadHead): void {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    this.#writer.isLast = true;
    conversation?.onClientGone();
    if (this.#writer.isBegun && !this.#writer.isWhole) {
      this.cut();
      return;
    }
    this.#isUnderWay = true;
    this.#answer(status, `${message}\n`);
  }

  #onDrain(): void {
    if (this.#conversation !== undefined) {
      this.#conversation.onClientDrained();
      return;
    }
    this.release();
    this.#advance();
  }

  #onEnd(): void {
    if (this.#state === 'tunnel') {
      this.#conversation?.onRequestEnd(undefined);
      return;
    }
    if (this.#state === 'closing') return;
    // who has closed its side is taken for gone, as Go's server takes it
    this.#onGone();
    this.#socket.destroy();
  }

  #onGone(): void {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    if (this.#state !== 'closing') this.#state = 'closing';
    conversation?.onClientGone();
  }

  #now(): number {
    return this.#options.clock.now().getTime();
  }
}

function badHeadOf(error: unknown): BadHead {
  if (error instanceof BadHead) return error;
  return new BadHead(400, error instanceof Error ? error.message : 'it is broken');
}

/** An IPv4 address as such. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
