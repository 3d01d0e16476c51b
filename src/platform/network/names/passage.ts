/** One request that the proxy of names hands on to somebody who is no Revision. */
import type { Answer } from '../exchange/answer.ts';
import type { Call, Caller, CallHandler, Failure } from '../exchange/call.ts';
import type { Conversation } from '../exchange/conversation.ts';
import { plainFields } from '../exchange/forwarded.ts';
import type { Fields } from '../http1/fields.ts';
import type { RequestHead, ResponseHead } from '../http1/head.ts';

export interface PassageWay {
  readonly path: string;
  readonly authority: string;
  readonly caller: Caller;
}

export class Passage implements Conversation, CallHandler {
  readonly #request: RequestHead;
  readonly #way: PassageWay;
  readonly #answer: Answer;
  #call: Call | undefined;
  #isBegun = false;
  #isConnected = false;
  #isRequestWhole = false;
  #requestTrailers: Fields | undefined;
  #held: Buffer[] = [];

  constructor(request: RequestHead, way: PassageWay, answer: Answer) {
    this.#request = request;
    this.#way = way;
    this.#answer = answer;
  }

  begin(): void {
    const { path, authority, caller } = this.#way;
    const request = this.#request;
    this.#call = caller.call({ request, path, authority, fields: plainFields(request), isReplayable: false }, this);
    if (this.#isConnected) this.#sendHeld();
  }

  onRequestBody(chunk: Buffer): void {
    if (!this.#isConnected) this.#held.push(chunk);
    else if (this.#call?.body(chunk) !== false) return;
    this.#answer.hold();
  }

  onRequestEnd(trailers: Fields | undefined): void {
    this.#isRequestWhole = true;
    this.#requestTrailers = trailers;
    if (this.#isConnected) this.#call?.end(trailers);
  }

  onClientDrained(): void {
    this.#call?.resume();
  }

  onClientGone(): void {
    this.#call?.abort();
    this.#call = undefined;
  }

  onConnected(): void {
    this.#isConnected = true;
    this.#sendHeld();
  }

  onInterim(head: ResponseHead): void {
    this.#answer.interim(head);
  }

  onHead(head: ResponseHead): void {
    this.#isBegun = true;
    this.#answer.head(head);
  }

  onBody(chunk: Buffer): void {
    if (!this.#answer.body(chunk)) this.#call?.pause();
  }

  onBodyEnd(trailers: Fields | undefined): void {
    this.#answer.end(trailers);
  }

  onRead(): void {
    this.#answer.flush();
  }

  onDrained(): void {
    this.#answer.release();
  }

  onFailed({ message }: Failure): void {
    this.#call = undefined;
    if (this.#isBegun) this.#answer.cut();
    else this.#answer.fail(502, `what serves "${this.#way.authority}" ${message}\n`);
  }

  #sendHeld(): void {
    const call = this.#call;
    if (call === undefined) return;
    let isFull = false;
    for (const chunk of this.#held.splice(0)) isFull = !call.body(chunk) || isFull;
    if (this.#isRequestWhole) call.end(this.#requestTrailers);
    if (!isFull) this.#answer.release();
  }
}
