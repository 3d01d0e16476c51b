/** All who get events: which there are, how far each had come at the last end, and whom an event is for. */
import type { CloudEvent } from '../../../cloudevents/event.ts';
import type { Matches } from '../../../knative/eventing/matches.ts';
import type { Backlog } from '../backlog.ts';
import type { KeptEvent, LaneNumber, Progress, Seq, Waiting } from '../log/kept.ts';
import type { Rows, Sized } from '../log/rows.ts';
import { seenByFilters } from '../seenByFilters.ts';
import { Lane, type LaneSpec, type LaneSurroundings } from './lane.ts';

/** One who gets events of a topic. */
export interface LaneEntry {
  readonly topic: string;
  readonly matches: Matches;
  readonly spec: LaneSpec;
}

export interface RunningLane {
  readonly number: LaneNumber;
  readonly lane: Lane;
  readonly entry: LaneEntry;
}

/** What all lanes share. */
export interface LanesSurroundings extends Pick<LaneSurroundings, 'log' | 'send' | 'clock' | 'eventAt'> {
  readonly backlog: Backlog;
  /** Takes an answer of a lane in, as an event of the topic; resolves when it is kept. @throws NotKept */
  reenter(reply: CloudEvent, to: KeptEvent, lane: LaneNumber): Promise<void>;
}

/** What a lane begins with, or goes on with. */
interface Start {
  readonly key: string;
  readonly number: LaneNumber;
  readonly entry: LaneEntry;
  readonly progress: Progress;
  readonly waiting: readonly (Waiting & Sized)[];
}

interface Running extends RunningLane {
  entry: LaneEntry;
}

export class Lanes {
  readonly #around: LanesSurroundings;
  readonly #byKey = new Map<string, Running>();
  readonly #byTopic = new Map<string, Set<Running>>();

  constructor(around: LanesSurroundings) {
    this.#around = around;
  }

  get(key: string): RunningLane | undefined {
    return this.#byKey.get(key);
  }

  /** Those of a topic whose filter the event passes. */
  forWhom(topic: string, event: CloudEvent): RunningLane[] {
    const seen = seenByFilters(event);
    return [...(this.#byTopic.get(topic) ?? [])].filter(({ entry }) => entry.matches(seen));
  }

  /** All there are: one that is not among them is forgotten, with what it had still to get. A new one begins with the next event. */
  set(entries: ReadonlyMap<string, LaneEntry>): void {
    const { log } = this.#around;
    for (const [key, running] of this.#byKey) {
      if (entries.get(key)?.topic !== running.entry.topic) this.#remove(key, running);
    }
    // they start once their rows are there: without one nobody would know how far they have come
    const starts = log.now((rows) => {
      for (const key of rows.laneKeys()) {
        const gone = entries.has(key) ? undefined : rows.lane(key);
        if (gone !== undefined) rows.removeLane(gone.number, log.last);
      }
      return [...entries]
        .filter(([key]) => !this.#byKey.has(key))
        .map(([key, entry]) => this.#startOf(rows, key, entry));
    });
    for (const [key, entry] of entries) this.#update(key, entry);
    this.#catchUp(starts.map((start) => [this.#start(start), start]));
  }

  /** What is under way is sent again at the next start. */
  stop(): void {
    for (const { lane } of this.#byKey.values()) lane.stop();
  }

  /** A new one begins with the next event. */
  #startOf(rows: Rows, key: string, entry: LaneEntry): Start {
    const known = rows.lane(key);
    const progress = known?.progress ?? { below: this.#around.log.last, above: [] };
    const number = known?.number ?? rows.addLane(key, entry.topic, progress.below);
    if (known !== undefined) rows.setTopic(number, entry.topic);
    return { key, number, entry, progress, waiting: known === undefined ? [] : rows.waiting(number) };
  }

  #start({ key, number, entry, progress, waiting }: Start): Running {
    const { log, send, clock, eventAt, backlog } = this.#around;
    const around: LaneSurroundings = {
      number,
      log,
      send,
      clock,
      eventAt,
      reenter: (reply, to) => this.#around.reenter(reply, to, number),
      onDone: (seq) => backlog.done(seq),
    };
    const running = { number, entry, lane: new Lane(entry.spec, around, progress, waiting) };
    this.#byKey.set(key, running);
    const topic = this.#byTopic.get(entry.topic) ?? new Set();
    this.#byTopic.set(entry.topic, topic.add(running));
    return running;
  }

  /** What came before the last end, and was not done with. */
  #catchUp(begun: readonly (readonly [Running, Start])[]): void {
    if (begun.length === 0) return;
    const { log, backlog } = this.#around;
    for (const [, { waiting }] of begun) for (const { seq, bytes } of waiting) backlog.add(seq, 1, bytes);
    const byNumber = new Map(begun.map(([running, { progress }]) => [running.number, { running, progress }]));
    const first = Math.min(...begun.map(([, { progress }]) => progress.below));
    const due: (readonly [Lane, Seq])[] = [];
    for (const { seq, lanes, bytes } of log.rows.lanesAfter(first)) {
      for (const number of lanes) {
        const found = byNumber.get(number);
        if (found === undefined || seq <= found.progress.below || found.progress.above.includes(seq)) continue;
        backlog.add(seq, 1, bytes);
        due.push([found.running.lane, seq]);
      }
    }
    for (const [lane, seq] of due) lane.offer(seq);
  }

  #update(key: string, entry: LaneEntry): void {
    const running = this.#byKey.get(key);
    if (running === undefined || running.entry === entry) return;
    running.entry = entry;
    running.lane.update(entry.spec);
  }

  #remove(key: string, { lane, entry, number }: Running): void {
    // before it stops: what waited to be sent again is known by its timer
    for (const seq of lane.unfinished()) this.#around.backlog.done(seq);
    lane.stop();
    this.#byKey.delete(key);
    for (const each of this.#byTopic.get(entry.topic) ?? []) {
      if (each.number === number) this.#byTopic.get(entry.topic)?.delete(each);
    }
  }
}
