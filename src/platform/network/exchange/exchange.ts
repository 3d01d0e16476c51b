/** One request from a client to an instance, with all that may happen on the way. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Fields } from '../http1/fields.ts';
import type { RequestHead, ResponseHead } from '../http1/head.ts';
import type { PlaneObserver } from '../observer.ts';
import type { RunningInstance } from '../revisions/instance.ts';
import type { Revision } from '../revisions/revision.ts';
import type { Refusal, Ticket } from '../revisions/ticket.ts';
import type { Answer } from './answer.ts';
import type { Call, CallHandler, Failure } from './call.ts';
import type { Conversation } from './conversation.ts';
import { requestFields } from './forwarded.ts';
import { Limits } from './limits.ts';

export interface Way {
  readonly revision: Revision;
  /** From the root. */
  readonly path: string;
  /** As the client wrote it. */
  readonly authority: string;
  readonly client: string;
  readonly tag?: string;
  readonly isDefaultRoute: boolean;
}

export interface ExchangeDependencies {
  readonly clock: Clock;
  readonly observer: PlaneObserver;
}

/** Sent again, where nothing of it may have happened or nothing can happen twice. */
const MOST_CONNECTION_ATTEMPTS = 5;
const MOST_REPLAYS = 1;
/** Reading alone (RFC 9110, section 9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
/** What the system keeps for a connection that waits, by a rough measure. */
const WEIGHT_OF_CONNECTION = 8 * 1024;
/** What is read of a body at once, after which no more is read. */
const WEIGHT_OF_BODY = 64 * 1024;

const REFUSALS: Readonly<Record<Refusal, string>> = {
  full: 'pending request queue full\n',
  gone: 'the Revision was deleted, or the platform ended, while the request waited for an instance\n',
  memory: 'pending request queue full: what waits on this machine holds as much memory as it may\n',
};

export class Exchange implements Conversation, Ticket, CallHandler {
  place: Ticket['place'] = 'new';
  isProxied = false;
  instance: RunningInstance | undefined;
  arrived = 0;
  isColdStart = false;
  readonly weight: number;

  readonly #deps: ExchangeDependencies;
  readonly #answer: Answer;
  readonly #request: RequestHead;
  readonly #way: Way;
  readonly #limits: Limits;
  readonly #isReplayable: boolean;
  #call: Call | undefined;
  #isConnected = false;
  #attempts = 0;
  #replays = 0;
  /** Of the request's body, while there is no instance. */
  #held: Buffer[] = [];
  /** Something of it is gone, and cannot be sent again. */
  #isBodySent = false;
  #isRequestWhole = false;
  #requestTrailers: Fields | undefined;
  /** Of the answer; 0 as long as there is none. */
  #status = 0;
  #isAnswerWhole = false;
  #startedAt = 0;

  constructor(request: RequestHead, way: Way, answer: Answer, deps: ExchangeDependencies) {
    this.#request = request;
    this.#way = way;
    this.#answer = answer;
    this.#deps = deps;
    this.#isReplayable = request.framing === 0 && SAFE.has(request.method) && request.upgrade === undefined;
    // after an upgrade, bytes come whose end is the connection's
    this.#isRequestWhole = request.framing === 0 && request.upgrade === undefined;
    this.weight = WEIGHT_OF_CONNECTION + (request.framing === 0 ? 0 : WEIGHT_OF_BODY);
    this.#limits = new Limits(way.revision.settings, deps.clock, () => this.#timeOut());
  }

  begin(): void {
    this.#limits.begin();
    this.#way.revision.enter(this);
  }

  // what the client does

  onRequestBody(chunk: Buffer): void {
    if (this.#call === undefined || !this.#isConnected) {
      this.#held.push(chunk);
      this.#answer.hold();
      return;
    }
    this.#isBodySent = true;
    if (!this.#call.body(chunk)) this.#answer.hold();
  }

  onRequestEnd(trailers: Fields | undefined): void {
    this.#isRequestWhole = true;
    this.#requestTrailers = trailers;
    if (this.#isConnected) this.#call?.end(trailers);
    // nothing more of it can come that would have to be kept, and whoever does not read does not see the client go
    this.#answer.release();
    if (this.#status === 101 && this.#isAnswerWhole) this.#finish(101);
  }

  onClientDrained(): void {
    this.#call?.resume();
  }

  /** It hung up, or sent what cannot be understood. */
  onClientGone(): void {
    if (this.place === 'done') return;
    this.#call?.abort();
    this.#finish(this.#status === 0 ? 499 : this.#status);
  }

  // what the Revision does

  start(instance: RunningInstance): void {
    const { path, authority } = this.#way;
    if (this.#attempts === 0 && this.#replays === 0) this.#startedAt = this.#deps.clock.now().getTime();
    const request = this.#request;
    const fields = requestFields(request, {
      client: this.#way.client,
      isProxied: this.isProxied,
      isDefaultRoute: this.#way.isDefaultRoute,
      ...(this.#way.tag === undefined ? {} : { tag: this.#way.tag }),
    });
    this.#isConnected = false;
    try {
      this.#call = instance.caller.call({ request, path, authority, fields, isReplayable: this.#isReplayable }, this);
    } catch (error) {
      // after whoever starts it: this one request must not stop the others that are started with it
      queueMicrotask(() =>
        this.onFailed({ kind: 'malformed', isEarly: true, message: `cannot be asked so: ${String(error)}` }),
      );
      return;
    }
    // one that stood already was told of before there was a call
    if (this.#isConnected) this.#sendHeld();
  }

  refuse(reason: Refusal): void {
    this.#finish(503);
    this.#answer.fail(503, REFUSALS[reason]);
  }

  // what the instance does

  onConnected(): void {
    this.#isConnected = true;
    if (this.#call !== undefined) this.#sendHeld();
  }

  onInterim(head: ResponseHead): void {
    this.#answer.interim(head);
  }

  onHead(head: ResponseHead): void {
    this.#status = head.status;
    this.#limits.touch();
    this.#answer.head(head);
  }

  onBody(chunk: Buffer): void {
    this.#limits.touch();
    if (!this.#answer.body(chunk)) this.#call?.pause();
  }

  onBodyEnd(trailers: Fields | undefined): void {
    this.#isAnswerWhole = true;
    // a tunnel is over when both have said so
    if (this.#status !== 101 || this.#isRequestWhole) this.#finish(this.#status);
    this.#answer.end(trailers);
  }

  onRead(): void {
    this.#answer.flush();
  }

  onDrained(): void {
    this.#answer.release();
  }

  onFailed(failure: Failure): void {
    if (this.place !== 'instance') return;
    this.#call = undefined;
    this.#isConnected = false;
    const { revision } = this.#way;
    if (failure.kind === 'refused' && !this.#isBodySent && ++this.#attempts < MOST_CONNECTION_ATTEMPTS) {
      revision.moveOn(this);
      return;
    }
    if (failure.kind === 'broken' && failure.isEarly && this.#isReplayable && this.#replays++ < MOST_REPLAYS) {
      revision.again(this);
      return;
    }
    const isBegun = this.#status !== 0;
    this.#finish(isBegun ? this.#status : 502);
    if (isBegun) this.#answer.cut();
    else this.#answer.fail(502, `the instance of ${revision.key} ${failure.message}\n`);
  }

  #sendHeld(): void {
    const call = this.#call;
    if (call === undefined) return;
    let isFull = false;
    if (this.#held.length > 0) this.#isBodySent = true;
    for (const chunk of this.#held.splice(0)) isFull = !call.body(chunk) || isFull;
    if (this.#isRequestWhole) call.end(this.#requestTrailers);
    if (!isFull) this.#answer.release();
  }

  #timeOut(): void {
    if (this.place === 'done') return;
    const isBegun = this.#status !== 0;
    this.#call?.abort();
    this.#finish(isBegun ? this.#status : 504);
    if (isBegun) this.#answer.cut();
    // each of Knative's two parts in the way has its own words for it, and the activator's time is up first
    else this.#answer.fail(504, this.isProxied ? 'activator request timeout' : 'request timeout');
  }

  /** Out of all counts, before the client may send its next request. */
  #finish(status: number): void {
    this.#limits.end();
    this.#call = undefined;
    this.#held = [];
    const { revision } = this.#way;
    if (this.place !== 'done') revision.leave(this);
    const now = this.#deps.clock.now().getTime();
    const startedAt = this.#startedAt === 0 ? now : this.#startedAt;
    this.#deps.observer.onRequest({
      revision: revision.key,
      status,
      milliseconds: now - this.arrived,
      waitedMilliseconds: startedAt - this.arrived,
      isProxied: this.isProxied,
      isColdStart: this.isColdStart,
    });
  }
}
