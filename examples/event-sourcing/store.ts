/** A store of events: they are appended, read and never changed. Each stream (here an account) counts its own versions. */
import type { DatabaseSync } from 'node:sqlite';

export interface Stored<Fact> {
  /** Of all events together, in the order in which they were appended. */
  readonly position: number;
  readonly stream: string;
  /** Of its stream: 1, 2, 3, … */
  readonly version: number;
  readonly time: string;
  readonly fact: Fact;
}

export interface Snapshot<State> {
  readonly version: number;
  readonly state: State;
}

/** Somebody else has appended to the stream since it was read: read it again, and decide again. */
export class VersionConflict extends Error {}

export class EventStore<Fact, State> {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        time TEXT NOT NULL,
        fact TEXT NOT NULL,
        UNIQUE (stream, version)
      );
      CREATE TRIGGER IF NOT EXISTS never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
      CREATE TRIGGER IF NOT EXISTS never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
      CREATE TABLE IF NOT EXISTS snapshots (stream TEXT PRIMARY KEY, version INTEGER, shape INTEGER, state TEXT);
    `);
  }

  /**
   * Optimistic concurrency: nobody holds a lock while they decide, and of two who have decided by the same version the
   * second is told.
   *
   * @param expected the version that the decision was made by; 0 for a stream that is not there yet
   * @throws VersionConflict
   */
  append(stream: string, expected: number, fact: Fact, time: string): Stored<Fact> {
    const before = this.#database.prepare('SELECT max(version) AS version FROM events WHERE stream = ?').get(stream);
    const now = Number(before?.version ?? 0);
    if (now !== expected) throw new VersionConflict(`${stream} is at version ${now}, and not at ${expected}`);
    const version = expected + 1;
    const insert = this.#database.prepare('INSERT INTO events (stream, version, time, fact) VALUES (?, ?, ?, ?)');
    const { lastInsertRowid } = insert.run(stream, version, time, JSON.stringify(fact));
    return { position: Number(lastInsertRowid), stream, version, time, fact };
  }

  /** Of one stream, the events after a version. */
  read(stream: string, after = 0): Stored<Fact>[] {
    const rows = this.#database.prepare('SELECT * FROM events WHERE stream = ? AND version > ? ORDER BY version');
    return rows.all(stream, after).map((row) => toStored<Fact>(row));
  }

  /** Of all streams, the next events after a position: by it others keep up, and begin anew. */
  all(after = 0, atMost = 1000): Stored<Fact>[] {
    const rows = this.#database.prepare('SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?');
    return rows.all(after, atMost).map((row) => toStored<Fact>(row));
  }

  /** A snapshot is a shortcut and no truth: without it all events are read. */
  snapshot(stream: string, shape: number): Snapshot<State> | undefined {
    const row = this.#database.prepare('SELECT * FROM snapshots WHERE stream = ? AND shape = ?').get(stream, shape);
    return row && { version: Number(row.version), state: JSON.parse(String(row.state)) };
  }

  keepSnapshot(stream: string, shape: number, { version, state }: Snapshot<State>): void {
    const keep = this.#database.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)');
    keep.run(stream, version, shape, JSON.stringify(state));
  }
}

function toStored<Fact>(row: Record<string, unknown>): Stored<Fact> {
  const { position, stream, version, time, fact } = row;
  return {
    position: Number(position),
    stream: String(stream),
    version: Number(version),
    time: String(time),
    fact: JSON.parse(String(fact)),
  };
}
