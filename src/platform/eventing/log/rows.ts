/** The statements of the log, and its rows as what they mean. Nothing here begins or ends a transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { Attributes, AttributeValue } from '../../../cloudevents/event.ts';
import type { Attempt, Cause, DeadLetter, KeptEvent, LaneNumber, NewEvent, Progress, Seq, Waiting } from './kept.ts';

/** Of an event beside its attributes and its data: places, and what became of it. */
export const FIXED_BYTES = 300;
/** What an event takes, in SQL. */
export const BYTES = `${FIXED_BYTES} + octet_length(attributes) + ifnull(octet_length(data), 0)`;

/** An event by its place, and how many bytes it takes. */
export interface Sized {
  readonly seq: Seq;
  readonly bytes: number;
}

export type Rows = ReturnType<typeof rowsIn>;

export function rowsIn(database: DatabaseSync) {
  const statement = (sql: string) => database.prepare(sql);
  const insertEvent = statement('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const selectEvent = statement('SELECT * FROM events WHERE seq = ?');
  const selectById = statement('SELECT * FROM events WHERE id = ? ORDER BY seq');
  const selectLanes = statement(`SELECT seq, lanes, ${BYTES} AS bytes FROM events WHERE seq > ? ORDER BY seq`);
  const firstSeq = statement('SELECT min(seq) AS seq FROM events');
  // also of events that were forgotten: who has come so far would never get one of an earlier place
  const lastSeq = statement(`
    SELECT max(seq) AS seq FROM (SELECT max(seq) AS seq FROM events UNION ALL SELECT max(below) FROM lanes)
  `);
  const insertLane = statement(
    'INSERT INTO lanes (key, below, above, topic, since) VALUES (?, ?, ?, ?, ?) RETURNING number',
  );
  const selectLane = statement('SELECT number, below, above FROM lanes WHERE key = ?');
  const selectKeys = statement('SELECT key FROM lanes');
  const selectKey = statement('SELECT key FROM lanes WHERE number = ?');
  const namesLane = statement('UPDATE lanes SET topic = ? WHERE number = ?');
  const buryLane = statement('INSERT OR REPLACE INTO gone SELECT number, key, ? FROM lanes WHERE number = ?');
  const forgetGone = statement('DELETE FROM gone WHERE NOT EXISTS (SELECT 1 FROM events WHERE seq <= until)');
  const updateLane = statement('UPDATE lanes SET below = ?, above = ? WHERE number = ?');
  const deleteLane = statement('DELETE FROM lanes WHERE number = ?');
  const upsertWaiting = statement('INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)');
  const deleteWaiting = statement('DELETE FROM waiting WHERE lane = ? AND seq = ?');
  const forgetWaiting = statement('DELETE FROM waiting WHERE lane = ?');
  const selectWaiting = statement(`
    SELECT seq, attempts, due, ifnull(${BYTES}, 0) AS bytes FROM waiting LEFT JOIN events USING (seq)
    WHERE lane = ? ORDER BY seq
  `);
  const insertAttempt = statement('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const selectAttempts = statement('SELECT * FROM attempts WHERE seq = ? ORDER BY lane, number');
  const insertDead = statement('INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?, ?, ?, ?, NULL)');
  const returnDead = statement('UPDATE dead SET returned = ? WHERE seq = ? AND lane = ?');
  const selectDead = statement('SELECT * FROM dead WHERE seq = ? ORDER BY lane');
  const removals = ['events', 'attempts', 'dead'].map((table) =>
    statement(`DELETE FROM ${table} WHERE seq BETWEEN ? AND ?`),
  );

  return {
    addEvent(seq: Seq, at: number, { topic, event, headers, lanes, cause, text }: NewEvent): void {
      const { attributes, data } = event;
      const passed = Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
      const id = String(attributes.get('id'));
      const written = text ?? attributesText(attributes);
      const from = [cause?.seq ?? null, cause?.lane ?? null, cause?.why ?? null] as const;
      insertEvent.run(seq, topic, at, id, written, passed, data ?? null, JSON.stringify(lanes), ...from);
    },
    event(seq: Seq): KeptEvent | undefined {
      const row = selectEvent.get(seq);
      return row === undefined ? undefined : eventOf(row);
    },
    /** Producers may use an id more than once. */
    eventsById(id: string): KeptEvent[] {
      return selectById.all(id).map(eventOf);
    },
    /** The places of the events after one, each with whom it is for and what it takes. */
    *lanesAfter(seq: Seq): Generator<Sized & { readonly lanes: readonly LaneNumber[] }> {
      for (const row of selectLanes.iterate(seq)) {
        yield { seq: Number(row.seq), lanes: numbersOf(row.lanes), bytes: Number(row.bytes) };
      }
    },
    firstSeq(): Seq {
      return Number(firstSeq.get()?.seq ?? 0);
    },
    lastSeq(): Seq {
      return Number(lastSeq.get()?.seq ?? 0);
    },

    lane(key: string): { readonly number: LaneNumber; readonly progress: Progress } | undefined {
      const row = selectLane.get(key);
      if (row === undefined) return undefined;
      return { number: Number(row.number), progress: { below: Number(row.below), above: numbersOf(row.above) } };
    },
    addLane(key: string, topic: string, below: Seq): LaneNumber {
      return Number(insertLane.get(key, below, '[]', topic, below)?.number);
    },
    /** For one of before there were topics in its row. */
    setTopic(lane: LaneNumber, topic: string): void {
      namesLane.run(topic, lane);
    },
    laneKeys(): string[] {
      return selectKeys.all().map(({ key }) => String(key));
    },
    keyOf(lane: LaneNumber): string | undefined {
      const key = selectKey.get(lane)?.key;
      return typeof key === 'string' ? key : undefined;
    },
    setProgress(lane: LaneNumber, { below, above }: Progress): void {
      updateLane.run(below, JSON.stringify(above), lane);
    },
    /** @param until the event that came last */
    removeLane(lane: LaneNumber, until: Seq): void {
      forgetWaiting.run(lane);
      buryLane.run(until, lane);
      deleteLane.run(lane);
    },

    setWaiting(lane: LaneNumber, { seq, attempts, due }: Waiting): void {
      upsertWaiting.run(lane, seq, attempts, due);
    },
    endWaiting(lane: LaneNumber, seq: Seq): void {
      deleteWaiting.run(lane, seq);
    },
    waiting(lane: LaneNumber): (Waiting & Sized)[] {
      return selectWaiting.all(lane).map(({ seq, attempts, due, bytes }) => ({
        seq: Number(seq),
        attempts: Number(attempts),
        due: Number(due),
        bytes: Number(bytes),
      }));
    },

    addAttempt({ seq, lane, number, at, took, status, error, reply }: Attempt): void {
      const answer = reply === undefined ? null : JSON.stringify(reply);
      insertAttempt.run(seq, lane, number, at, took, status ?? null, error ?? null, answer);
    },
    attempts(seq: Seq): Attempt[] {
      return selectAttempts.all(seq).map((row) => ({
        seq,
        lane: Number(row.lane),
        number: Number(row.number),
        at: Number(row.at),
        took: Number(row.took),
        status: row.status === null ? undefined : Number(row.status),
        error: typeof row.error === 'string' ? row.error : undefined,
        reply: typeof row.reply === 'string' ? JSON.parse(row.reply) : undefined,
      }));
    },
    addDead({ seq, lane, at, status, data, sink, destination }: DeadLetter): void {
      insertDead.run(seq, lane, at, status ?? null, data, sink ?? null, destination);
    },
    markReturned(seq: Seq, lane: LaneNumber, at: number): void {
      returnDead.run(at, seq, lane);
    },
    dead(seq: Seq): DeadLetter[] {
      return selectDead.all(seq).map(deadOf);
    },

    /** Forgets the events from one place to another, and what became of them. */
    forget(ranges: readonly { readonly from: Seq; readonly to: Seq }[]): void {
      for (const { from, to } of ranges) for (const remove of removals) remove.run(from, to);
      forgetGone.run();
    },
  };
}

export function attributesText(attributes: Attributes): string {
  return JSON.stringify(Object.fromEntries(attributes));
}

export function deadOf(row: Record<string, unknown>): DeadLetter {
  return {
    seq: Number(row.seq),
    lane: Number(row.lane),
    at: Number(row.at),
    status: row.status === null ? undefined : Number(row.status),
    data: String(row.data),
    sink: typeof row.sink === 'string' ? row.sink : undefined,
    destination: String(row.destination),
    returned: row.returned === null ? undefined : Number(row.returned),
  };
}

export function eventOf(row: Record<string, unknown>): KeptEvent {
  const attributes: Record<string, AttributeValue> = JSON.parse(String(row.attributes));
  return {
    seq: Number(row.seq),
    topic: String(row.topic),
    at: Number(row.at),
    headers: typeof row.headers === 'string' ? JSON.parse(row.headers) : {},
    lanes: numbersOf(row.lanes),
    cause: causeOf(row),
    event: {
      attributes: new Map(Object.entries(attributes)),
      data:
        row.data instanceof Uint8Array ? Buffer.from(row.data.buffer, row.data.byteOffset, row.data.length) : undefined,
    },
  };
}

function causeOf({ cause, causelane, why }: Record<string, unknown>): Cause | undefined {
  if (typeof cause !== 'number' || (why !== 'reply' && why !== 'replay')) return undefined;
  return { seq: cause, lane: typeof causelane === 'number' ? causelane : undefined, why };
}

export function numbersOf(text: unknown): number[] {
  return JSON.parse(String(text));
}
