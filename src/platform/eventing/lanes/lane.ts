/**
 * Brings events to one subscriber: each at least once, many at a time unless their order counts, again and again as its
 * delivery says, and to the dead letters when that was not enough. What one subscriber does holds up no other.
 */
import { attributeText, type CloudEvent, withAttributes } from '../../../cloudevents/event.ts';
import type { Retries } from '../../../knative/eventing/retries.ts';
import { type Clock, pause } from '../../../kubernetes/clock.ts';
import { withoutCredentials } from '../../../text/withoutCredentials.ts';
import { asDeadLetter, errorData, type WhyDead } from '../deadLetter.ts';
import type { EventLog } from '../log/eventLog.ts';
import type { KeptEvent, LaneNumber, Progress, Reply, Seq, Waiting } from '../log/kept.ts';
import type { Send, Sent } from '../send.ts';
import { mayReenter, TTL } from '../ttl.ts';
import { type LaneKind, type Outcome, outcomeOf } from './answer.ts';
import { LaneProgress } from './progress.ts';

export interface LaneSpec {
  readonly kind: LaneKind;
  /** URLs. */
  readonly subscriber: string;
  /** Where its answers go: `topic` is where the event came from. */
  readonly reply: string | undefined;
  readonly deadLetter: string | undefined;
  readonly retries: Retries;
  /** One after another, in the order in which they came; one that is tried again holds up those behind it. */
  readonly isOrdered: boolean;
  /** Events and dead letters are sent in structured mode, as the delivery's format asks. */
  readonly isStructured: boolean;
}

/** `queued`: others come first; `waiting`: to be sent again; `done`: delivered, or a dead letter. */
export type LaneState = 'queued' | 'sending' | 'waiting' | 'done';

export interface LaneSurroundings {
  readonly number: LaneNumber;
  readonly log: EventLog;
  readonly send: Send;
  readonly clock: Clock;
  /** Undefined once it is forgotten. */
  eventAt(seq: Seq): KeptEvent | undefined;
  /** Takes an answer in, as an event of the topic; resolves when it is kept. @throws NotKept */
  reenter(reply: CloudEvent, to: KeptEvent): Promise<void>;
  /** Is done, whatever became of it. */
  onDone(seq: Seq): void;
}

const MOST_AT_ONCE = 100;
/** Done beyond one that takes its time: with more, that one is written down by itself. */
const MOST_AHEAD = 1000;
/** Of one event, that are kept to be looked at. */
const MOST_ATTEMPTS = 100;

export class Lane {
  #spec: LaneSpec;
  readonly #around: LaneSurroundings;
  readonly #progress: LaneProgress;
  /** Are to be sent again, and it is time. */
  readonly #due: Waiting[] = [];
  /** Those that wait, with what calls their timer off. */
  readonly #timers = new Map<Seq, () => void>();
  /** Those that are being sent. */
  readonly #underWay = new Set<Seq>();
  /** Have a row of their own: they wait, have waited, or take so long that they are written down as if they did. */
  readonly #inRows = new Set<Seq>();
  /** Of those, the ones that take so long. */
  readonly #slow = new Set<Seq>();
  #isDirty = false;
  #isStopped = false;
  readonly #ending = new AbortController();

  constructor(spec: LaneSpec, around: LaneSurroundings, progress: Progress, waiting: readonly Waiting[] = []) {
    this.#spec = spec;
    this.#around = around;
    this.#progress = new LaneProgress(progress);
    for (const each of waiting) this.#wait({ ...each, due: Math.min(each.due, this.#latest(each)) });
  }

  /** Until then it waits at most, whatever was written down of it: the clock may have been put back meanwhile. */
  #latest({ attempts }: Waiting): number {
    const now = this.#now();
    return now + this.#spec.retries.wait(Math.max(0, attempts - 1), ASKS_FOR_EVER, now);
  }

  /** From the next attempt on. */
  update(spec: LaneSpec): void {
    this.#spec = spec;
    this.#run();
  }

  /** An event that is for it, once it is on the disk. */
  offer(seq: Seq): void {
    // it was removed while the event was on its way to the disk
    if (this.#isStopped) this.#around.onDone(seq);
    this.#progress.offer(seq);
    this.#run();
  }

  /** What is under way is not waited for; it will be sent again. */
  stop(): void {
    this.#isStopped = true;
    this.#ending.abort();
    for (const callOff of this.#timers.values()) callOff();
    this.#timers.clear();
  }

  /** What it would still send, each once. */
  unfinished(): Seq[] {
    const due = this.#due.map(({ seq }) => seq);
    return [...new Set([...this.#progress.unfinished(), ...this.#underWay, ...this.#timers.keys(), ...due])];
  }

  /** Of an event that is for it. */
  stateOf(seq: Seq): LaneState {
    if (this.#underWay.has(seq)) return 'sending';
    if (this.#timers.has(seq) || this.#due.some((each) => each.seq === seq)) return 'waiting';
    return this.#progress.unfinished().includes(seq) ? 'queued' : 'done';
  }

  #run(): void {
    const { isOrdered } = this.#spec;
    while (!this.#isStopped && this.#underWay.size < (isOrdered ? 1 : MOST_AT_ONCE)) {
      const again = this.#due.shift();
      if (again === undefined && isOrdered && this.#timers.size > 0) return;
      const seq = again?.seq ?? this.#progress.take();
      if (seq === undefined) return;
      this.#underWay.add(seq);
      this.#attempt(seq, again?.attempts ?? 0)
        .catch((error: unknown) => this.#wait({ seq, attempts: again?.attempts ?? 0, due: this.#now() + 1000 }, error))
        .finally(() => {
          this.#underWay.delete(seq);
          this.#run();
        });
    }
  }

  async #attempt(seq: Seq, before: number): Promise<void> {
    const kept = this.#around.eventAt(seq);
    if (kept === undefined) return this.#done(seq);
    const { kind, subscriber, retries, isStructured } = this.#spec;
    const headers = { ...kept.headers, prefer: 'reply' };
    const { event } = kept;
    const { timeout } = retries;
    const at = this.#now();
    const sent = await this.#around.send({ url: subscriber, event, headers, timeout, isStructured, hidden: TTL });
    if (this.#isStopped) return;
    const outcome = outcomeOf(sent, kind);
    this.#note(kept, before + 1, at, sent, outcome);
    if (outcome.is === 'delivered') {
      const failed = outcome.reply === undefined ? undefined : await this.#reply(outcome.reply, kept);
      if (failed !== undefined) await this.#bury(kept, failed);
      return this.#done(seq);
    }
    if (outcome.isRetried && before < retries.most) {
      const due = this.#now() + retries.wait(before, answerOf(sent), this.#now());
      return this.#wait({ seq, attempts: before + 1, due });
    }
    await this.#bury(kept, { destination: subscriber, code: outcome.code, data: outcome.data });
    this.#done(seq);
  }

  /** @returns why it could not be sent where it is to go */
  async #reply(reply: CloudEvent, to: KeptEvent): Promise<WhyDead | undefined> {
    const { reply: where } = this.#spec;
    if (where === undefined) return undefined;
    if (where === 'topic') {
      // one that may not is noted with the attempt
      if (mayReenter(to.topic, to.event)) await this.#around.reenter(reply, to);
      return undefined;
    }
    return this.#sendOn(where, reply, to);
  }

  /** To the dead letters, and where there are none, or they cannot be reached, into the log alone. */
  async #bury(kept: KeptEvent, why: WhyDead): Promise<void> {
    if (this.#isStopped) return;
    const { deadLetter } = this.#spec;
    const event = withAttributes(asDeadLetter(kept.event, why), { [TTL]: undefined });
    const failed = deadLetter === undefined ? why : await this.#sendOn(deadLetter, event, kept);
    if (this.#isStopped) return;
    const { seq } = kept;
    const lane = this.#around.number;
    const sink = failed === undefined ? deadLetter : undefined;
    const letter = {
      seq,
      lane,
      at: this.#now(),
      status: why.code,
      data: errorData(why.data),
      sink: sink && withoutCredentials(sink),
      destination: withoutCredentials(why.destination),
    };
    this.#around.log.later((rows) => rows.addDead(letter));
  }

  /** With the retries of the delivery, which are forgotten when the platform ends: the event itself is sent again then. */
  async #sendOn(url: string, event: CloudEvent, { headers }: KeptEvent): Promise<WhyDead | undefined> {
    const { retries, isStructured } = this.#spec;
    for (let retry = 0; ; retry++) {
      const sent = await this.#around.send({ url, event, headers, timeout: retries.timeout, isStructured });
      const outcome: Outcome = outcomeOf(sent, 'subscription');
      if (outcome.is === 'delivered') return undefined;
      const failed = { destination: url, code: outcome.code, data: outcome.data };
      if (!outcome.isRetried || retry >= retries.most) return failed;
      const wait = retries.wait(retry, answerOf(sent), this.#now());
      await pause(this.#around.clock, wait, this.#ending.signal);
      if (this.#isStopped) return failed;
    }
  }

  #wait(waiting: Waiting, error?: unknown): void {
    if (this.#isStopped) return;
    const { log, number, clock } = this.#around;
    const { seq, due } = waiting;
    this.#slow.delete(seq);
    if (error !== undefined || waiting.attempts > 0) log.later((rows) => rows.setWaiting(number, waiting));
    this.#inRows.add(seq);
    this.#progress.finish(seq);
    this.#markDirty();
    const callOff = clock.after(Math.max(0, due - this.#now()), () => {
      this.#timers.delete(seq);
      this.#due.push(waiting);
      this.#run();
    });
    this.#timers.set(seq, callOff);
  }

  #done(seq: Seq): void {
    if (this.#isStopped) return;
    const { log, number, onDone } = this.#around;
    this.#underWay.delete(seq);
    this.#slow.delete(seq);
    if (this.#inRows.delete(seq)) log.later((rows) => rows.endWaiting(number, seq));
    this.#progress.finish(seq);
    this.#markDirty();
    onDone(seq);
  }

  #note(kept: KeptEvent, attempt: number, at: number, sent: Sent, outcome: Outcome): void {
    const error = sent.status === undefined ? withoutCredentials(sent.error) : undefined;
    const reply =
      outcome.is === 'delivered' && outcome.reply !== undefined ? this.#asReply(outcome.reply, kept) : undefined;
    const took = this.#now() - at;
    // of endless ones the first are kept, and the last
    const number = Math.min(attempt, MOST_ATTEMPTS);
    const noted = { seq: kept.seq, lane: this.#around.number, number, at, took, status: sent.status, error, reply };
    this.#around.log.later((rows) => rows.addAttempt(noted));
  }

  #asReply(reply: CloudEvent, { topic, event }: KeptEvent): Reply {
    const text = (name: string) => attributeText(reply, name);
    const to = this.#spec.reply ?? '';
    const isDropped = to === 'topic' && !mayReenter(topic, event);
    return {
      id: text('id'),
      source: text('source'),
      type: text('type'),
      to: isDropped ? 'dropped' : withoutCredentials(to),
    };
  }

  #markDirty(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#around.log.later((rows) => {
      this.#isDirty = false;
      if (this.#progress.ahead > MOST_AHEAD) {
        for (const seq of this.#progress.letGo()) this.#slow.add(seq);
      }
      // again each time: a transaction before this one may have been refused
      for (const seq of this.#slow) {
        this.#inRows.add(seq);
        rows.setWaiting(this.#around.number, { seq, attempts: 0, due: this.#now() });
      }
      rows.setProgress(this.#around.number, this.#progress.now());
    });
  }

  #now(): number {
    return this.#around.clock.now().getTime();
  }
}

/** As long as the delivery lets an answer ask for. */
const ASKS_FOR_EVER = { status: 503, retryAfter: '999999999999' } as const;

function answerOf(sent: Sent): { readonly status: number | undefined; readonly retryAfter: string | undefined } {
  return { status: sent.status, retryAfter: sent.status === undefined ? undefined : sent.retryAfter };
}
