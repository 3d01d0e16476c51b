/**
 * When each request is sent. It is an open loop: requests are due at a constant rate, whether those before were answered
 * or not, and each is measured from when it was due. One that waited its turn because the answers before it were slow
 * has waited, as a user would have; a loop that sends the next request after the last answer leaves that out, and
 * calls a Service quick that stood still ("coordinated omission").
 *
 * Of what is due nothing is kept but a number: a request's time follows from its place in the row.
 */
import type { Plan } from './options.ts';

export type Result =
  | {
      readonly status: number;
      readonly by: string | undefined;
      readonly bytes: number;
      /** Of an error the first line of its body, on one line and short. */
      readonly said?: string;
    }
  /** No answer, and why. */
  | { readonly problem: string };

/** Sends one request and calls back once. @returns breaks it off, after which nothing is called */
export type Send = (done: (result: Result) => void) => () => void;

/** Milliseconds of a clock that only goes forward. */
export interface SteadyClock {
  now(): number;
  after(milliseconds: number, callback: () => void): () => void;
}

export interface LoopParts {
  readonly send: Send;
  readonly clock: SteadyClock;
  /** @param milliseconds from when it was due until all of the answer was there, or none came */
  onResult(result: Result, milliseconds: number): void;
}

/** What the loop itself saw. */
export interface LoopState {
  readonly due: number;
  readonly sent: number;
  readonly underWay: number;
  /** Requests that were sent later than they were due, since all connections were busy. */
  readonly waited: number;
  /** Requests that were sent later, since this process did not come to it. */
  readonly behind: number;
}

/** Timers come up to so much late: a request that is sent by then is sent on time, and measured from then. */
const TIMER_MS = 2;

interface UnderWay {
  readonly due: number;
  breakOff(): void;
}

export class OpenLoop {
  readonly #plan: Plan;
  readonly #parts: LoopParts;
  readonly #total: number;
  readonly #began: number;
  /** In the order in which they were due. */
  readonly #underWay = new Map<number, UnderWay>();
  readonly #over = Promise.withResolvers<void>();
  #next = 0;
  #sent = 0;
  #waited = 0;
  #behind = 0;
  #isFull = false;
  #isOver = false;
  #callOff: () => void = () => {};

  /** Begins at once. */
  constructor(plan: Plan, parts: LoopParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#total = Math.max(1, Math.round(plan.rate * plan.seconds));
    this.#began = parts.clock.now();
    this.#turn();
  }

  /** Resolves when each request is answered, or given up. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  state(): LoopState {
    const passed = Math.floor(((this.#parts.clock.now() - this.#began) * this.#plan.rate) / 1000) + 1;
    return {
      due: this.#isOver ? this.#next : Math.min(this.#total, Math.max(passed, this.#next)),
      sent: this.#sent,
      underWay: this.#underWay.size,
      waited: this.#waited,
      behind: this.#behind,
    };
  }

  /** Sends nothing more, and breaks off what is under way. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#callOff();
    for (const { breakOff } of this.#underWay.values()) breakOff();
    this.#over.resolve();
  }

  #dueAt(index: number): number {
    return this.#began + (index * 1000) / this.#plan.rate;
  }

  #turn(): void {
    const now = this.#parts.clock.now();
    this.#giveUp(now);
    const wasFull = this.#isFull;
    while (!this.#isOver && this.#isWaiting(now) && this.#underWay.size < this.#plan.connections) {
      this.#sendNext(now, wasFull);
    }
    this.#isFull = this.#underWay.size >= this.#plan.connections;
    if (!this.#isOver) this.#rest(now);
  }

  #isWaiting(now: number): boolean {
    return this.#next < this.#total && this.#dueAt(this.#next) <= now;
  }

  #sendNext(now: number, wasFull: boolean): void {
    const index = this.#next++;
    const due = this.#dueAt(index);
    const isLate = now - due > TIMER_MS;
    if (isLate && wasFull) this.#waited++;
    else if (isLate) this.#behind++;
    this.#sent++;
    const from = isLate ? due : now;
    let isDone = false;
    const breakOff = this.#parts.send((result) => {
      isDone = true;
      this.#underWay.delete(index);
      this.#tell(result, from);
    });
    if (!isDone) this.#underWay.set(index, { due, breakOff });
  }

  #tell(result: Result, from: number): void {
    if (this.#isOver) return;
    const now = this.#parts.clock.now();
    this.#parts.onResult(result, now - from);
    if (this.#isWaiting(now) || this.#isDone) this.#turn();
    // else the timer for the next one stands
    else this.#isFull = false;
  }

  /** What was not answered in time, and what could not even be sent. */
  #giveUp(now: number): void {
    const { timeoutMs } = this.#plan;
    for (const [index, { due, breakOff }] of this.#underWay) {
      if (now < due + timeoutMs) break;
      this.#underWay.delete(index);
      breakOff();
      this.#parts.onResult({ problem: `no answer within ${timeoutMs / 1000} s` }, timeoutMs);
    }
    while (this.#next < this.#total && now >= this.#dueAt(this.#next) + timeoutMs) {
      this.#next++;
      this.#parts.onResult({ problem: `no connection was free within ${timeoutMs / 1000} s` }, timeoutMs);
    }
  }

  get #isDone(): boolean {
    return this.#next >= this.#total && this.#underWay.size === 0;
  }

  /** Until the next is due, or the oldest is given up: an answer comes by itself. */
  #rest(now: number): void {
    this.#callOff();
    if (this.#isDone) {
      this.#isOver = true;
      this.#over.resolve();
      return;
    }
    const [oldest] = this.#underWay.values();
    const { timeoutMs } = this.#plan;
    let moment = oldest === undefined ? Number.POSITIVE_INFINITY : oldest.due + timeoutMs;
    if (this.#next < this.#total) {
      const due = this.#dueAt(this.#next);
      moment = Math.min(moment, due > now ? due : due + timeoutMs);
    }
    this.#callOff = this.#parts.clock.after(Math.ceil(Math.max(0, moment - now)), () => this.#turn());
  }
}
