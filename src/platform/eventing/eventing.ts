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
import { canonicalTime } from '../../knative/eventing/canonicalTime.ts';
import type { Matches } from '../../knative/eventing/matches.ts';
import type { Clock } from '../../kubernetes/clock.ts';
import { Backlog, type BacklogLimits } from './backlog.ts';
import { Lane, type LaneSpec } from './lanes/lane.ts';
import { EventLog, type EventLogOptions, NotKept } from './log/eventLog.ts';
import type { KeptEvent, LaneNumber, PassedHeaders, Progress, Seq, Waiting } from './log/kept.ts';
import type { Rows } from './log/rows.ts';
import { bytesOf, RecentEvents } from './recent.ts';
import type { Send } from './send.ts';
import { TTL, withLessTtl } from './ttl.ts';

/** One who gets events of a topic. */
export interface LaneEntry {
  readonly topic: string;
  readonly matches: Matches;
  readonly spec: LaneSpec;
}

export interface EventingOptions extends EventLogOptions {
  readonly send: Send;
  readonly limits?: BacklogLimits;
  /** How many events are kept to be looked at, also when everybody has them; 100,000 unless set. */
  readonly keep?: number;
}

export type Received =
  | { readonly is: 'kept'; readonly seq: Seq }
  /** `full`: too much waits; `loop`: it came back once too often; `refused`: it could not be kept. */
  | { readonly is: 'full' | 'loop' | 'refused'; readonly problem: string };

const LIMITS: BacklogLimits = { events: 200_000, bytes: 512 * 1024 * 1024 };
const RECENT_BYTES = 32 * 1024 * 1024;
const KEEP = 100_000;
/** Forgotten at once, so that it costs each event little. */
const PORTION = 1000;

/** What a lane begins with, or goes on with. */
interface Start {
  readonly key: string;
  readonly number: LaneNumber;
  readonly entry: LaneEntry;
  readonly progress: Progress;
  readonly waiting: readonly Waiting[];
}

interface Running {
  readonly number: LaneNumber;
  readonly lane: Lane;
  entry: LaneEntry;
}

export class Eventing {
  readonly log: EventLog;
  readonly #send: Send;
  readonly #clock: Clock;
  readonly #backlog: Backlog;
  readonly #recent = new RecentEvents(RECENT_BYTES);
  readonly #lanes = new Map<string, Running>();
  readonly #byTopic = new Map<string, Set<Running>>();
  readonly #keep: number;
  /** Where the log begins; undefined while nobody has said who is to get what. */
  #begin: Seq | undefined;

  /** @throws StoreError with a sentence for the user */
  static open(options: EventingOptions): Eventing {
    return new Eventing(options);
  }

  private constructor({ send, limits = LIMITS, keep = KEEP, ...log }: EventingOptions) {
    this.log = EventLog.open(log);
    this.#send = send;
    this.#clock = log.clock;
    this.#backlog = new Backlog(limits);
    this.#keep = keep;
  }

  /** Events that somebody still has to get. */
  get waiting(): number {
    return this.#backlog.events;
  }

  /** All there are: one that is not among them is forgotten, with what it had still to get. A new one begins with the next event. */
  setLanes(entries: ReadonlyMap<string, LaneEntry>): void {
    for (const [key, running] of this.#lanes) {
      if (entries.get(key)?.topic !== running.entry.topic) this.#remove(key, running);
    }
    // they start once their rows are there: without one nobody would know how far they have come
    const starts = this.log.now((rows) => {
      for (const key of rows.laneKeys()) {
        const known = rows.lane(key);
        if (!entries.has(key) && known !== undefined) rows.removeLane(known.number);
      }
      return [...entries]
        .filter(([key]) => !this.#lanes.has(key))
        .map(([key, entry]) => this.#startOf(rows, key, entry));
    });
    for (const [key, entry] of entries) this.#update(key, entry);
    this.#catchUp(starts.map((start) => [this.#start(start), start]));
    this.#begin ??= this.log.rows.firstSeq();
  }

  /** Takes an event in for everybody of the topic whose filter it passes; decided here, once. */
  async receive(topic: string, event: CloudEvent, headers: PassedHeaders): Promise<Received> {
    if (this.#begin === undefined) {
      return { is: 'refused', problem: 'it is not known yet who is to get events; send it again in a moment' };
    }
    if (!this.#backlog.isFull) return this.#take(topic, event, headers);
    const problem = `${this.#backlog.events} events wait for those who are to get them; send it again later`;
    return { is: 'full', problem };
  }

  async #take(topic: string, event: CloudEvent, headers: PassedHeaders): Promise<Received> {
    const at = this.#clock.now();
    const counted = topic.startsWith('broker:') ? withLessTtl(event) : event;
    if (counted === undefined) {
      return {
        is: 'loop',
        problem:
          'the event came back into its Broker as often as it may; look for Triggers whose subscribers answer each other',
      };
    }
    const kept = withAttributes(counted, { knativearrivaltime: at.toISOString() });
    const forWhom = this.#forWhom(topic, kept);
    const lanes = forWhom.map(({ number }) => number);
    try {
      const seq = await this.log.append({ topic, event: kept, headers, lanes });
      const whole: KeptEvent = { seq, at: at.getTime(), topic, event: kept, headers, lanes };
      this.#backlog.add(seq, lanes.length, bytesOf(whole));
      this.#recent.add(whole);
      for (const { lane } of forWhom) lane.offer(seq);
      this.#forget();
      return { is: 'kept', seq };
    } catch (error) {
      if (error instanceof NotKept) return { is: 'refused', problem: error.message };
      throw error;
    }
  }

  /** The oldest, but none that somebody still has to get. */
  #forget(): void {
    const { last } = this.log;
    if (this.#begin === undefined || last - this.#begin < this.#keep + PORTION) return;
    const upTo = Math.min(last - this.#keep, (this.#backlog.first ?? last) - 1);
    // looked for again a portion later, whatever was found
    this.#begin = last - this.#keep;
    this.log.later((rows) => rows.forget(upTo));
  }

  /** What is under way is sent again at the next start. */
  async close(): Promise<void> {
    for (const { lane } of this.#lanes.values()) lane.stop();
    await this.log.close();
  }

  #forWhom(topic: string, { attributes }: CloudEvent): Running[] {
    const time = attributes.get('time');
    const canonical = typeof time === 'string' ? canonicalTime(time) : undefined;
    // a filter sees neither what the Broker wrote for itself nor another form of the same moment
    const seen = new Map(attributes);
    seen.delete(TTL);
    if (canonical !== undefined) seen.set('time', canonical);
    return [...(this.#byTopic.get(topic) ?? [])].filter(({ entry }) => entry.matches(seen));
  }

  /** A new one begins with the next event. */
  #startOf(rows: Rows, key: string, entry: LaneEntry): Start {
    const known = rows.lane(key);
    const progress = known?.progress ?? { below: this.log.last, above: [] };
    const number = known?.number ?? rows.addLane(key, progress.below);
    return { key, number, entry, progress, waiting: known === undefined ? [] : rows.waiting(number) };
  }

  #start({ key, number, entry, progress, waiting }: Start): Running {
    const around = {
      number,
      log: this.log,
      send: this.#send,
      clock: this.#clock,
      eventAt: (seq: Seq) => this.#recent.get(seq) ?? this.log.rows.event(seq),
      reenter: (reply: CloudEvent, to: KeptEvent) => this.#reenter(reply, to),
      onDone: (seq: Seq) => this.#backlog.done(seq),
    };
    const running = { number, entry, lane: new Lane(entry.spec, around, progress, waiting) };
    this.#lanes.set(key, running);
    const topic = this.#byTopic.get(entry.topic) ?? new Set();
    this.#byTopic.set(entry.topic, topic.add(running));
    return running;
  }

  /** What came before the last end, and was not done with. */
  #catchUp(begun: readonly (readonly [Running, Start])[]): void {
    if (begun.length === 0) return;
    for (const [, { waiting }] of begun) for (const { seq } of waiting) this.#backlog.add(seq, 1, 0);
    const byNumber = new Map(begun.map(([running, { progress }]) => [running.number, { running, progress }]));
    const first = Math.min(...begun.map(([, { progress }]) => progress.below));
    const due: (readonly [Lane, Seq])[] = [];
    for (const { seq, lanes } of this.log.rows.lanesAfter(first)) {
      for (const number of lanes) {
        const found = byNumber.get(number);
        if (found === undefined || seq <= found.progress.below || found.progress.above.includes(seq)) continue;
        this.#backlog.add(seq, 1, 0);
        due.push([found.running.lane, seq]);
      }
    }
    for (const [lane, seq] of due) lane.offer(seq);
  }

  #update(key: string, entry: LaneEntry): void {
    const running = this.#lanes.get(key);
    if (running === undefined || running.entry === entry) return;
    running.entry = entry;
    running.lane.update(entry.spec);
  }

  #remove(key: string, { lane, entry, number }: Running): void {
    // before it stops: what waited to be sent again is known by its timer
    for (const seq of lane.unfinished()) this.#backlog.done(seq);
    lane.stop();
    this.#lanes.delete(key);
    for (const each of this.#byTopic.get(entry.topic) ?? []) {
      if (each.number === number) this.#byTopic.get(entry.topic)?.delete(each);
    }
  }

  /** With the turns that its cause had left. Also where too much waits: what it answers could not come to its end otherwise. */
  async #reenter(reply: CloudEvent, { topic, event, headers }: KeptEvent): Promise<void> {
    const received = await this.#take(topic, withAttributes(reply, { [TTL]: event.attributes.get(TTL) }), headers);
    if (received.is === 'refused') throw new NotKept(received.problem);
  }
}
