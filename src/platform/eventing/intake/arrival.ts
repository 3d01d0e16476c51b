/** Takes one request in that brings an event, and answers it. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Conversation } from '../../network/exchange/conversation.ts';
import { fieldValue } from '../../network/http1/fields.ts';
import type { RequestHead } from '../../network/http1/head.ts';
import type { Client } from '../../network/ingress/client.ts';
import { MOST_BYTES } from '../send.ts';
import { type BodyCourse, ComingBody } from './comingBody.ts';
import type { Room } from './room.ts';
import { busy, headOf, tell, type Verdict } from './verdict.ts';

export interface ArrivalSurroundings {
  take(body: Buffer): Promise<Verdict>;
  /** For the bodies of all. */
  readonly room: Room;
  readonly clock: Clock;
}

/** Milliseconds from the head of a request until its body is there; as Node's own server waits. */
const LATEST_BODY = 300_000;
const TOO_LATE: Verdict = { status: 408, text: `all of the event must be here within ${LATEST_BODY / 1000} s` };
const TOO_LARGE: Verdict = { status: 413, text: `an event has ${MOST_BYTES} bytes at most` };

export class Arrival implements Conversation, BodyCourse {
  readonly #request: RequestHead;
  readonly #client: Client;
  readonly #around: ArrivalSurroundings;
  readonly #body: ComingBody;
  /** All of the body is here, and on its way to the disk. */
  #isWhole = false;
  /** It is answered, or nobody waits for the answer. */
  #isOver = false;
  #callOff: (() => void) | undefined;

  constructor(request: RequestHead, client: Client, around: ArrivalSurroundings) {
    this.#request = request;
    this.#client = client;
    this.#around = around;
    this.#body = new ComingBody(around.room, request.framing, this);
  }

  begin(): void {
    const { framing, fields } = this.#request;
    if (framing > MOST_BYTES) this.#tell(TOO_LARGE);
    else if (framing === 0) this.onRequestEnd();
    else {
      this.#callOff = this.#around.clock.after(LATEST_BODY, () => this.#tell(TOO_LATE));
      if (fieldValue(fields, 'expect')?.toLowerCase() === '100-continue') this.#client.interim(headOf(100, []));
    }
  }

  onRequestBody(piece: Buffer): void {
    if (this.#isOver) return;
    if (this.#body.length + piece.length > MOST_BYTES) this.#tell(TOO_LARGE);
    else this.#body.add(piece);
  }

  onRequestEnd(): void {
    if (this.#isOver) return;
    this.#callOff?.();
    this.#isWhole = true;
    this.#around.take(this.#body.whole()).then(
      (verdict) => {
        this.#body.leave();
        this.#tell(verdict);
      },
      () => {
        this.#body.leave();
        this.#client.cut();
      },
    );
  }

  onClientDrained(): void {}

  onClientGone(): void {
    this.#isOver = true;
    this.#callOff?.();
    // one that is all here is still on its way to the disk
    if (!this.#isWhole) this.#body.leave();
  }

  hold(): void {
    this.#client.hold();
  }

  release(): void {
    this.#client.release();
  }

  onSentAway(why: string): void {
    this.#tell(busy(why));
  }

  #tell(verdict: Verdict): void {
    if (this.#isOver) return;
    this.#callOff?.();
    this.#isOver = true;
    this.#body.leave();
    tell(this.#client, this.#request, verdict);
  }
}
