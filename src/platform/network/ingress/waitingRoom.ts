/** Where requests wait for a moment whose host leads nowhere yet: the platform starts, or what they ask for is new. */
import type { Clock } from '../../../kubernetes/clock.ts';
import type { Asker } from '../exchange/answer.ts';
import type { Conversation } from '../exchange/conversation.ts';
import type { Fields } from '../http1/fields.ts';
import type { RequestHead } from '../http1/head.ts';
import type { Memory } from '../revisions/memory.ts';

/** Looks at the request again: a conversation, undefined where it was answered, `wait` where it still leads nowhere. */
export type Again = (isLast: boolean) => Conversation | undefined | 'wait';

const MOST_WAITING = 1000;
const MOST_MS = 10_000;
/** As those of an Exchange. */
const WEIGHT = 8 * 1024;
const WEIGHT_OF_BODY = 64 * 1024;

export class WaitingRoom {
  readonly #clock: Clock;
  readonly #memory: Memory;
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  constructor(clock: Clock, memory: Memory) {
    this.#clock = clock;
    this.#memory = memory;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** @returns undefined where there is no room: who asks is to be answered at once */
  enter(request: RequestHead, asker: Asker, again: Again): Conversation | undefined {
    const weight = WEIGHT + (request.framing === 0 ? 0 : WEIGHT_OF_BODY);
    if (this.#isClosed || this.#waiting.size >= MOST_WAITING || !this.#memory.has(weight)) return undefined;
    this.#memory.take(weight);
    const callOff = this.#clock.after(MOST_MS, () => waiting.look(true));
    const waiting = new Waiting(asker, again, () => {
      if (!this.#waiting.delete(waiting)) return;
      callOff();
      this.#memory.give(weight);
    });
    this.#waiting.add(waiting);
    return waiting;
  }

  /** Something leads elsewhere than before. */
  lookAgain(): void {
    for (const waiting of [...this.#waiting]) waiting.look(false);
  }

  /** Everybody is answered, and nobody comes in any more. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of [...this.#waiting]) waiting.look(true);
  }
}

class Waiting implements Conversation {
  readonly #asker: Asker;
  readonly #again: Again;
  readonly #leave: () => void;
  #next: Conversation | undefined;
  #isOver = false;
  #body: Buffer[] = [];
  #isWhole = false;
  #trailers: Fields | undefined;

  constructor(asker: Asker, again: Again, leave: () => void) {
    this.#asker = asker;
    this.#again = again;
    this.#leave = leave;
  }

  /** @param isLast it is not to wait any longer */
  look(isLast: boolean): void {
    if (this.#isOver) return;
    const next = this.#again(isLast);
    if (next === 'wait') return;
    this.#isOver = true;
    this.#leave();
    const body = this.#body;
    this.#body = [];
    if (next === undefined) return;
    this.#next = next;
    // before it begins, what has come is kept by it as it was here
    for (const chunk of body) next.onRequestBody(chunk);
    if (this.#isWhole) next.onRequestEnd(this.#trailers);
    next.begin();
  }

  begin(): void {
    // it waits already
  }

  onRequestBody(chunk: Buffer): void {
    if (this.#next !== undefined) {
      this.#next.onRequestBody(chunk);
      return;
    }
    if (this.#isOver) return;
    this.#body.push(chunk);
    this.#asker.hold();
  }

  onRequestEnd(trailers: Fields | undefined): void {
    if (this.#next !== undefined) {
      this.#next.onRequestEnd(trailers);
      return;
    }
    this.#isWhole = true;
    this.#trailers = trailers;
    // whoever does not read does not see the client go
    this.#asker.release();
  }

  onClientDrained(): void {
    this.#next?.onClientDrained();
  }

  onClientGone(): void {
    if (this.#next !== undefined) this.#next.onClientGone();
    this.#isOver = true;
    this.#leave();
  }
}
