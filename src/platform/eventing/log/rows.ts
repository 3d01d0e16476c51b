/** The statements of the log, and its rows as what they mean. Nothing here begins or ends a transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { AttributeValue } from '../../../cloudevents/event.ts';
import type { Attempt, DeadLetter, KeptEvent, LaneNumber, NewEvent, Progress, Seq, Waiting } from './kept.ts';

export type Rows = ReturnType<typeof rowsIn>;

export function rowsIn(database: DatabaseSync) {
  const statement = (sql: string) => database.prepare(sql);
  const insertEvent = statement('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const selectEvent = statement('SELECT * FROM events WHERE seq = ?');
  const selectById = statement('SELECT * FROM events WHERE id = ? ORDER BY seq');
  const selectLanes = statement('SELECT seq, lanes FROM events WHERE seq > ? ORDER BY seq');
  const firstSeq = statement('SELECT min(seq) AS seq FROM events');
  const lastSeq = statement('SELECT max(seq) AS seq FROM events');
  const insertLane = statement('INSERT INTO lanes (key, below, above) VALUES (?, ?, ?) RETURNING number');
  const selectLane = statement('SELECT number, below, above FROM lanes WHERE key = ?');
  const selectKeys = statement('SELECT key FROM lanes');
  const selectKey = statement('SELECT key FROM lanes WHERE number = ?');
  const updateLane = statement('UPDATE lanes SET below = ?, above = ? WHERE number = ?');
  const deleteLane = statement('DELETE FROM lanes WHERE number = ?');
  const upsertWaiting = statement('INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?)');
  const deleteWaiting = statement('DELETE FROM waiting WHERE lane = ? AND seq = ?');
  const forgetWaiting = statement('DELETE FROM waiting WHERE lane = ?');
  const selectWaiting = statement('SELECT seq, attempts, due FROM waiting WHERE lane = ? ORDER BY seq');
  const insertAttempt = statement('INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)');
  const selectAttempts = statement('SELECT * FROM attempts WHERE seq = ? ORDER BY lane, number');
  const insertDead = statement('INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?, ?, ?)');
  const selectDead = statement('SELECT * FROM dead WHERE seq = ? ORDER BY lane');
  const removals = ['events', 'attempts', 'dead'].map((table) => statement(`DELETE FROM ${table} WHERE seq <= ?`));

  return {
    addEvent(seq: Seq, at: number, { topic, event, headers, lanes }: NewEvent): void {
      const { attributes, data } = event;
      const passed = Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
      const id = String(attributes.get('id'));
      const written = JSON.stringify(Object.fromEntries(attributes));
      insertEvent.run(seq, topic, at, id, written, passed, data ?? null, JSON.stringify(lanes));
    },
    event(seq: Seq): KeptEvent | undefined {
      const row = selectEvent.get(seq);
      return row === undefined ? undefined : eventOf(row);
    },
    /** Producers may use an id more than once. */
    eventsById(id: string): KeptEvent[] {
      return selectById.all(id).map(eventOf);
    },
    /** The places of the events after one, each with whom it is for. */
    *lanesAfter(seq: Seq): Generator<{ readonly seq: Seq; readonly lanes: readonly LaneNumber[] }> {
      for (const row of selectLanes.iterate(seq)) yield { seq: Number(row.seq), lanes: numbersOf(row.lanes) };
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
    addLane(key: string, below: Seq): LaneNumber {
      return Number(insertLane.get(key, below, '[]')?.number);
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
    removeLane(lane: LaneNumber): void {
      forgetWaiting.run(lane);
      deleteLane.run(lane);
    },

    setWaiting(lane: LaneNumber, { seq, attempts, due }: Waiting): void {
      upsertWaiting.run(lane, seq, attempts, due);
    },
    endWaiting(lane: LaneNumber, seq: Seq): void {
      deleteWaiting.run(lane, seq);
    },
    waiting(lane: LaneNumber): Waiting[] {
      return selectWaiting
        .all(lane)
        .map(({ seq, attempts, due }) => ({ seq: Number(seq), attempts: Number(attempts), due: Number(due) }));
    },

    addAttempt({ seq, lane, number, at, took, status, error }: Attempt): void {
      insertAttempt.run(seq, lane, number, at, took, status ?? null, error ?? null);
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
      }));
    },
    addDead({ seq, lane, at, status, data, sink }: DeadLetter): void {
      insertDead.run(seq, lane, at, status ?? null, data, sink ?? null);
    },
    dead(seq: Seq): DeadLetter[] {
      return selectDead.all(seq).map((row) => ({
        seq,
        lane: Number(row.lane),
        at: Number(row.at),
        status: row.status === null ? undefined : Number(row.status),
        data: String(row.data),
        sink: typeof row.sink === 'string' ? row.sink : undefined,
      }));
    },

    /** Forgets the events up to a place, and what became of them. */
    forget(upTo: Seq): void {
      for (const remove of removals) remove.run(upTo);
    },
  };
}

function eventOf(row: Record<string, unknown>): KeptEvent {
  const attributes: Record<string, AttributeValue> = JSON.parse(String(row.attributes));
  return {
    seq: Number(row.seq),
    topic: String(row.topic),
    at: Number(row.at),
    headers: typeof row.headers === 'string' ? JSON.parse(row.headers) : {},
    lanes: numbersOf(row.lanes),
    event: {
      attributes: new Map(Object.entries(attributes)),
      data:
        row.data instanceof Uint8Array ? Buffer.from(row.data.buffer, row.data.byteOffset, row.data.length) : undefined,
    },
  };
}

function numbersOf(text: unknown): number[] {
  return JSON.parse(String(text));
}
