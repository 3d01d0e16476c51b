/** What is asked by those who look at events, and by nobody who brings them. Reads in portions: nobody is held up. */
import type { DatabaseSync } from 'node:sqlite';
import type { Attributes, AttributeValue, CloudEvent } from '../../../cloudevents/event.ts';
import type { Cause, DeadLetter, KeptEvent, LaneNumber, Seq } from './kept.ts';
import { attributesText, BYTES, deadOf, eventOf, FIXED_BYTES, numbersOf } from './rows.ts';

/** An event without its data. */
export interface EventHead {
  readonly seq: Seq;
  readonly topic: string;
  readonly at: number;
  readonly attributes: Attributes;
  readonly lanes: readonly LaneNumber[];
  /** Undefined where it came from outside. */
  readonly why: Cause['why'] | undefined;
}

/** One who gets events, or got them. */
export interface LaneRow {
  readonly number: LaneNumber;
  readonly key: string;
  /** Empty for one that is no more. */
  readonly topic: string;
  /** The event that came last before it began. */
  readonly since: Seq;
}

/** What an event takes, as `bytes` and `oldest` count it: to the byte, or the sum would drift. */
export function bytesKept({ attributes, data }: CloudEvent, text = attributesText(attributes)): number {
  return FIXED_BYTES + Buffer.byteLength(text) + (data?.length ?? 0);
}

/** All of an event, and its data where that is short. */
const SHORT = `
  seq, topic, at, attributes, headers, lanes, cause, causelane, why,
  CASE WHEN octet_length(data) <= ? THEN data END AS data
`;

/** How much of events is read at once. */
export interface Most {
  readonly events: number;
  /** Of the data of one: longer data is left out. */
  readonly bytes: number;
}

export type Reading = ReturnType<typeof readingIn>;

export function readingIn(database: DatabaseSync) {
  const statement = (sql: string) => database.prepare(sql);
  const selectHeads = statement(
    'SELECT seq, topic, at, attributes, lanes, why FROM events WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?',
  );
  const selectByCause = statement(`SELECT ${SHORT} FROM events WHERE cause = ? ORDER BY seq LIMIT ?`);
  const selectLanes = statement('SELECT number, key, topic, since FROM lanes ORDER BY key');
  const selectGone = statement("SELECT number, key, '' AS topic, 0 AS since FROM gone ORDER BY number");
  const selectDead = statement(
    'SELECT * FROM dead WHERE returned IS NULL AND (seq, lane) > (?, ?) ORDER BY seq, lane LIMIT ?',
  );
  const sumBytes = statement(`SELECT sum(${BYTES}) AS bytes FROM events`);
  const selectOldest = statement(`SELECT seq, at, ${BYTES} AS bytes FROM events WHERE seq > ? ORDER BY seq LIMIT ?`);
  const selectDue = statement('SELECT due FROM waiting WHERE lane = ? AND seq = ? AND attempts > 0');
  const selectById = statement(
    `SELECT * FROM (SELECT ${SHORT} FROM events WHERE id = ? ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
  );
  const selectOfTopic = statement('SELECT 1 FROM events WHERE topic = ? LIMIT 1');
  const selectTopics = statement('SELECT DISTINCT topic FROM lanes');

  return {
    /** Those behind a place that came at a moment or later, in their order. */
    heads(after: Seq, since: number, most: number): EventHead[] {
      return selectHeads.all(after, since, most).map(headOf);
    },
    /** Those that come from one: its answers, and what it is once more. */
    causedBy(seq: Seq, { events, bytes }: Most): KeptEvent[] {
      return selectByCause.all(bytes, seq, events).map(eventOf);
    },
    /** The last of an id, in their order: producers may use one again and again. */
    lastOfId(id: string, { events, bytes }: Most): KeptEvent[] {
      return selectById.all(bytes, id, events).map(eventOf);
    },
    /** When it is sent to one again. */
    due(lane: LaneNumber, seq: Seq): number | undefined {
      const due = selectDue.get(lane, seq)?.due;
      return typeof due === 'number' ? due : undefined;
    },
    lanes(): LaneRow[] {
      return selectLanes.all().map(laneOf);
    },
    gone(): LaneRow[] {
      return selectGone.all().map(laneOf);
    },
    /** Those behind one, in the order of their events. */
    deadAfter({ seq, lane }: Pick<DeadLetter, 'seq' | 'lane'>, most: number): DeadLetter[] {
      return selectDead.all(seq, lane, most).map(deadOf);
    },
    /** What events take, roughly. */
    bytes(): number {
      return Number(sumBytes.get()?.bytes ?? 0);
    },
    /** Behind a place. */
    oldest(after: Seq, most: number): { readonly seq: Seq; readonly at: number; readonly bytes: number }[] {
      const rows = selectOldest.all(after, most);
      return rows.map(({ seq, at, bytes }) => ({ seq: Number(seq), at: Number(at), bytes: Number(bytes) }));
    },
    /** Goes through all of them where there is none. */
    hasEventsOf(topic: string): boolean {
      return selectOfTopic.get(topic) !== undefined;
    },
    /** Of those who get events. */
    topics(): string[] {
      return selectTopics.all().map(({ topic }) => String(topic));
    },
  };
}

function headOf(row: Record<string, unknown>): EventHead {
  const attributes: Record<string, AttributeValue> = JSON.parse(String(row.attributes));
  return {
    seq: Number(row.seq),
    topic: String(row.topic),
    at: Number(row.at),
    attributes: new Map(Object.entries(attributes)),
    lanes: numbersOf(row.lanes),
    why: row.why === 'reply' || row.why === 'replay' ? row.why : undefined,
  };
}

function laneOf(row: Record<string, unknown>): LaneRow {
  return { number: Number(row.number), key: String(row.key), topic: String(row.topic), since: Number(row.since) };
}
