/**
 * Events that take effect once, though they come more than once: Brokers deliver at least once. A consumer writes down each
 * event that it has taken, in the same transaction as what it did for it, and what it answered; a duplicate does nothing
 * and gets the same answer.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CloudEvent, type CloudEventV1 } from 'cloudevents';

export type Event = CloudEventV1<unknown>;

export interface Inbox {
  /** The consumer's own tables go here: only then are they of one transaction with the inbox. */
  readonly database: DatabaseSync;
  /**
   * Does the work of an event once.
   *
   * @param work writes to `database`, and may return an event in answer; where it throws, nothing is written, and the
   * event can come again
   * @returns the answer: of a duplicate the one that was given before
   */
  once(event: Event, work: () => Event | undefined): Event | undefined;
  close(): void;
}

/** Longer than any Broker tries, and than anybody replays. */
const KEPT_DAYS = 30;

/**
 * @param consumer whose inbox it is: each consumer takes each event once
 * @param folder where it is kept; `STATE_FOLDER` unless said. With neither it lasts as long as the machine's temporary files
 */
export function openInbox(consumer: string, folder = process.env.STATE_FOLDER ?? tmpdir()): Inbox {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(path.join(folder, `${consumer}.db`), { timeout: 10_000 });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS inbox (
      source TEXT, id TEXT, answer TEXT, taken TEXT DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (source, id)
    );
    DELETE FROM inbox WHERE taken < datetime('now', '-${KEPT_DAYS} days');
  `);
  const find = database.prepare('SELECT answer FROM inbox WHERE source = ? AND id = ?');
  const take = database.prepare('INSERT INTO inbox (source, id, answer) VALUES (?, ?, ?)');

  return {
    database,

    once(event, work) {
      // IMMEDIATE: of two copies that come at the same moment the second waits here for the first
      database.exec('BEGIN IMMEDIATE');
      try {
        const before = find.get(event.source, event.id);
        const answer = before === undefined ? work() : read(before.answer);
        if (before === undefined)
          take.run(event.source, event.id, answer === undefined ? null : JSON.stringify(answer));
        database.exec('COMMIT');
        return answer;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },

    close() {
      database.close();
    },
  };
}

function read(answer: unknown): Event | undefined {
  return typeof answer === 'string' ? new CloudEvent(JSON.parse(answer)) : undefined;
}
