/**
 * Brokers and Channels on one machine: events come in, are kept, and go to everybody who is to get them. Steered from
 * outside by what it is told of topics and lanes; it knows no Kubernetes object.
 *
 * @example
 * const eventing = Eventing.open({ file: '.weir/eventing/events.db', clock: systemClock, send: startSender().send });
 * eventing.setLanes(new Map([['trigger:shop/orders', { topic: 'broker:shop/default', matches, spec }]]));
 * await eventing.receive('broker:shop/default', event, {});
 */
import { type CloudEvent, withAttributes } from '../../cloudevents/event.ts';
import type { Clock } from '../../kubernetes/clock.ts';
import { Backlog, type BacklogLimits } from './backlog.ts';
import type { LaneState } from './lanes/lane.ts';
import { type LaneEntry, Lanes, type RunningLane } from './lanes/lanes.ts';
import { EventLog, type EventLogOptions, NotKept } from './log/eventLog.ts';
import type { Cause, KeptEvent, LaneNumber, PassedHeaders, Seq } from './log/kept.ts';
import { attributesText } from './log/rows.ts';
import { bytesOf, RecentEvents } from './recent.ts';
import { KEEP, type KeepLimits, Retention } from './retention.ts';
import { seenByFilters } from './seenByFilters.ts';
import type { Send } from './send.ts';
import { Topics, titleOf } from './topics.ts';
import { isCounted, TTL, turnsLeft } from './ttl.ts';

export interface EventingOptions extends EventLogOptions {
  readonly send: Send;
  readonly limits?: BacklogLimits;
  /** How long events are kept to be looked at, also when everybody has them. */
  readonly keep?: Partial<KeepLimits>;
}

export type Received =
  | { readonly is: 'kept'; readonly seq: Seq }
  /** `full`: too much waits; `loop`: it came back once too often; `refused`: it could not be kept. */
  | { readonly is: 'full' | 'loop' | 'refused'; readonly problem: string };

/** Where an event is sent again. */
export interface Target {
  readonly topic: string;
  /** The key of the one that it is for; undefined for everybody whose filter it passes. */
  readonly lane: string | undefined;
}

const LIMITS: BacklogLimits = { events: 200_000, bytes: 512 * 1024 * 1024 };
const RECENT_BYTES = 32 * 1024 * 1024;

export class Eventing {
  readonly log: EventLog;
  /** What events may come into. */
  readonly topics = new Topics();
  readonly #clock: Clock;
  readonly #backlog: Backlog;
  readonly #recent = new RecentEvents(RECENT_BYTES);
  readonly #lanes: Lanes;
  readonly #retention: Retention;
  readonly #listeners = new Set<() => void>();
  /** It is known who is to get what. */
  #isBegun = false;
  #isStopped = false;

  /** @throws StoreError with a sentence for the user */
  static open(options: EventingOptions): Eventing {
    return new Eventing(options);
  }

  private constructor({ send, limits = LIMITS, keep = {}, ...log }: EventingOptions) {
    this.log = EventLog.open(log);
    this.#clock = log.clock;
    this.#backlog = new Backlog(limits, (seq) => this.#recent.delete(seq));
    this.#lanes = new Lanes({
      log: this.log,
      send,
      clock: log.clock,
      backlog: this.#backlog,
      eventAt: (seq) => this.#recent.get(seq) ?? this.log.rows.event(seq),
      reenter: (reply, to, lane) => this.#reenter(reply, to, lane),
    });
    this.#retention = new Retention(
      { ...KEEP, ...keep },
      { log: this.log, clock: log.clock, isWaiting: (seq) => this.#backlog.has(seq) },
    );
  }

  /** Events that somebody still has to get. */
  get waiting(): number {
    return this.#backlog.events;
  }

  /** Whether it is one of those that get events, also from before the start: what it has still to get is kept for it. */
  hasLane(key: string): boolean {
    return this.#lanes.get(key) !== undefined || this.log.rows.lane(key) !== undefined;
  }

  /** All there are: one that is not among them is forgotten, with what it had still to get. A new one begins with the next event. */
  setLanes(entries: ReadonlyMap<string, LaneEntry>): void {
    // what were begun now would send
    if (this.#isStopped) return;
    this.#lanes.set(entries);
    this.#isBegun = true;
    this.#retention.begin();
  }

  /**
   * Takes an event in for everybody of the topic whose filter it passes; decided here, once.
   *
   * @param isOnItsWay it comes of one that was taken before, and waits here until this one is
   */
  async receive(topic: string, event: CloudEvent, headers: PassedHeaders, isOnItsWay = false): Promise<Received> {
    if (!this.#isBegun) {
      return { is: 'refused', problem: 'it is not known yet who is to get events; send it again in a moment' };
    }
    const isFull = isOnItsWay ? this.#backlog.isFullForAnswers : this.#backlog.isFull;
    if (!isFull) return this.#take(topic, event, headers);
    const problem = `${this.#backlog.events} events wait for those who are to get them; send it again later`;
    return { is: 'full', problem };
  }

  /**
   * An event that came before, once more: for everybody of its topic whose filter it passes now, or for one alone.
   *
   * @param event with what tells it from the first
   */
  async repeat(before: KeptEvent, event: CloudEvent, to: Target): Promise<Received> {
    const running = to.lane === undefined ? undefined : this.#lanes.get(to.lane);
    if (to.lane !== undefined && running?.entry.topic !== to.topic) {
      return { is: 'refused', problem: `${titleOf(to.lane)} gets no events of ${titleOf(to.topic)}` };
    }
    if (this.#backlog.isFull) return { is: 'full', problem: `${this.#backlog.events} events wait` };
    const cause = { seq: before.seq, lane: running?.number, why: 'replay' } as const;
    const fresh = withAttributes(event, { [TTL]: undefined });
    return this.#take(to.topic, fresh, before.headers, cause, running && [running]);
  }

  /** Where its filter is not asked, an event is taken by whom it is sent to. */
  passes(lane: string, event: CloudEvent): boolean {
    const entry = this.#lanes.get(lane)?.entry;
    return entry?.matches(seenByFilters(event)) === true;
  }

  topicOf(lane: string): string | undefined {
    return this.#lanes.get(lane)?.entry.topic;
  }

  /** How far one who gets events is with one that is for it; undefined for one that is no more. */
  stateOf(lane: string, seq: Seq): LaneState | undefined {
    return this.#lanes.get(lane)?.lane.stateOf(seq);
  }

  /** Calls after each event that was kept. @returns what ends it */
  onKept(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #take(
    topic: string,
    event: CloudEvent,
    headers: PassedHeaders,
    cause?: Cause,
    only?: readonly RunningLane[],
  ): Promise<Received> {
    const at = this.#clock.now();
    const left = isCounted(topic) ? turnsLeft(event) : undefined;
    if (isCounted(topic) && left === undefined) {
      return {
        is: 'loop',
        problem:
          'the event came back into its Broker as often as it may; look for Triggers whose subscribers answer each other',
      };
    }
    const arrived = { knativearrivaltime: at.toISOString() };
    const kept = withAttributes(event, left === undefined ? arrived : { [TTL]: left, ...arrived });
    const forWhom = only ?? this.#lanes.forWhom(topic, kept);
    const lanes = forWhom.map(({ number }) => number);
    try {
      const text = attributesText(kept.attributes);
      const seq = await this.log.append({ topic, event: kept, headers, lanes, cause, text });
      const whole: KeptEvent = { seq, at: at.getTime(), topic, event: kept, headers, lanes, cause };
      const bytes = bytesOf(whole);
      this.#backlog.add(seq, lanes.length, bytes);
      if (lanes.length > 0) this.#recent.add(whole, bytes);
      for (const { lane } of forWhom) lane.offer(seq);
      this.#retention.added(whole, text);
      for (const listener of this.#listeners) listener();
      return { is: 'kept', seq };
    } catch (error) {
      if (error instanceof NotKept) return { is: 'refused', problem: error.message };
      throw error;
    }
  }

  /**
   * Before anything goes that events are brought by, or to: what is under way, and what comes from now on, is kept for the
   * next start, whatever is answered. Safe to call again.
   */
  stopSending(): void {
    this.#isStopped = true;
    this.#retention.end();
    this.#lanes.stop();
  }

  /** What is under way is sent again at the next start. */
  async close(): Promise<void> {
    this.stopSending();
    await this.log.close();
  }

  /**
   * With the turns that its cause had left. Also where too much waits: what it answers could not come to its end otherwise.
   *
   * @throws NotKept where it could not be kept, and where answers of answers would fill the disk
   */
  async #reenter(reply: CloudEvent, { seq, topic, event, headers }: KeptEvent, lane: LaneNumber): Promise<void> {
    if (this.#backlog.isFullForAnswers) throw new NotKept(`${this.#backlog.events} events wait`);
    const counted = withAttributes(reply, { [TTL]: event.attributes.get(TTL) });
    const received = await this.#take(topic, counted, headers, { seq, lane, why: 'reply' });
    if (received.is === 'refused') throw new NotKept(received.problem);
  }
}
