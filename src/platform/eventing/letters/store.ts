/**
 * Dead letters of a cluster's Brokers on a volume: each is on the disk before it is taken, and stays until it is too old or
 * too many are there. Whoever puts one back notes that it was.
 */
import type { DatabaseSync } from 'node:sqlite';
import { attributeText, type CloudEvent, withAttributes } from '../../../cloudevents/event.ts';
import type { Clock } from '../../../kubernetes/clock.ts';
import { removeOwner } from '../../database/lock.ts';
import { type DatabaseKind, openDatabase } from '../../database/openDatabase.ts';
import { SQLITE, sqliteCode } from '../../database/storeError.ts';
import { attributesText } from '../log/rows.ts';

export interface Letter {
  /** Larger than that of every one before. */
  readonly seq: number;
  /** Milliseconds since 1970, when it came. */
  readonly at: number;
  /** As it was before it became one. */
  readonly event: CloudEvent;
  /** The URL that did not take it; empty where nobody said. */
  readonly destination: string;
  /** Of its answer. */
  readonly code: number | undefined;
  /** What came back, cut. */
  readonly reason: string;
  /** When it was put back. */
  readonly returned: number | undefined;
}

/** Whichever comes first: then the oldest go, those that were put back before all others. */
export interface LetterLimits {
  readonly letters: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly age: number;
}

export interface LetterCounts {
  readonly kept: number;
  readonly bytes: number;
  /** Of those, what was not put back yet. */
  readonly unreturned: number;
  readonly unreturnedBytes: number;
  /** Since the start. */
  readonly taken: number;
  readonly returned: number;
  /** Gone without having been put back. */
  readonly forgotten: number;
}

export interface LetterStoreOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly limits: LetterLimits;
  /** The file grows no further. */
  readonly maxBytes?: number;
}

const LETTERS: DatabaseKind = {
  application: 0x5765696c, // "Weil"
  format: 1,
  tables: `
    CREATE TABLE letters (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      attributes TEXT NOT NULL,
      destination TEXT NOT NULL,
      code INTEGER,
      reason TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      returned INTEGER,
      -- last: what is before it is read without it
      data BLOB
    );
    CREATE INDEX letters_returned ON letters (returned) WHERE returned IS NOT NULL;
  `,
};

/** What a Broker writes into a dead letter (knative/eventing pkg/kncloudevents/attributes/knative_error.go), and for itself. */
const DESTINATION = 'knativeerrordest';
const CODE = 'knativeerrorcode';
const DATA = 'knativeerrordata';
const OF_BROKERS = [DESTINATION, CODE, DATA, 'knativebrokerttl', 'knativearrivaltime'];
const FIXED_BYTES = 200;
/** That go in one transaction: each is one of the disk. */
const PORTION = 500;
/** Goes where the file is full, with twice the room of the one that comes: a page of the file is whole or not free. */
const LEAST_BYTES = 64 * 1024;

type Counts = { -readonly [Name in keyof LetterCounts]: LetterCounts[Name] };

type Row = Record<string, unknown>;

export class LetterStore {
  readonly #file: string;
  readonly #clock: Clock;
  readonly #limits: LetterLimits;
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof statementsIn>;
  readonly #counts: Counts;

  /** @throws StoreError with a sentence for the user */
  static open(options: LetterStoreOptions): LetterStore {
    return new LetterStore(options);
  }

  private constructor({ file, clock, limits, maxBytes }: LetterStoreOptions) {
    this.#file = file;
    this.#clock = clock;
    this.#limits = limits;
    // few come, and each is an event that nobody else has any more
    this.#database = openDatabase({ file, fsync: true, ...(maxBytes === undefined ? {} : { maxBytes }) }, LETTERS);
    this.#statements = statementsIn(this.#database);
    const sums = this.#statements.sums.get() ?? {};
    this.#counts = {
      kept: Number(sums.kept),
      bytes: Number(sums.bytes),
      unreturned: Number(sums.unreturned),
      unreturnedBytes: Number(sums.unreturnedBytes),
      taken: 0,
      returned: 0,
      forgotten: 0,
    };
    this.forget();
  }

  get counts(): LetterCounts {
    return this.#counts;
  }

  /** From 0 to 1, of what it may keep: those that were put back go before any other, and stand in no one's way. */
  get full(): number {
    const { unreturned, unreturnedBytes } = this.#counts;
    return Math.max(unreturned / this.#limits.letters, unreturnedBytes / this.#limits.bytes);
  }

  /**
   * Where the file is full the oldest go for it.
   *
   * @returns its place, once it is on the disk. @throws where the disk does not take it
   */
  add(letter: CloudEvent): number {
    const code = Number(letter.attributes.get(CODE));
    const event = withAttributes(letter, Object.fromEntries(OF_BROKERS.map((name) => [name, undefined])));
    const attributes = attributesText(event.attributes);
    const reason = Buffer.from(attributeText(letter, DATA), 'base64').toString('utf8').trim();
    const destination = attributeText(letter, DESTINATION);
    const texts = Buffer.byteLength(attributes) + Buffer.byteLength(reason) + Buffer.byteLength(destination);
    const bytes = FIXED_BYTES + texts + (event.data?.length ?? 0);
    const at = this.#clock.now().getTime();
    const answerCode = Number.isInteger(code) ? code : null;
    const insert = () =>
      this.#statements.insert.run(at, attributes, event.data ?? null, destination, answerCode, reason, bytes);
    let inserted: ReturnType<typeof insert>;
    try {
      inserted = insert();
    } catch (error) {
      if (sqliteCode(error) !== SQLITE.full) throw error;
      this.#makeRoom(2 * bytes + LEAST_BYTES);
      inserted = insert();
    }
    const { lastInsertRowid } = inserted;
    this.#counts.taken++;
    this.#counts.kept++;
    this.#counts.bytes += bytes;
    this.#counts.unreturned++;
    this.#counts.unreturnedBytes += bytes;
    this.forget();
    return Number(lastInsertRowid);
  }

  /** The place of the letter that came last; 0 where none did. */
  get last(): number {
    return Number(this.#statements.last.get()?.seq ?? 0);
  }

  /** Those behind a place in their order, without data: there may be many. */
  after(seq: number, most: number): Letter[] {
    return this.#statements.after.all(seq, most).map(letterOf);
  }

  get(seq: number): Letter | undefined {
    const row = this.#statements.get.get(seq);
    return row === undefined ? undefined : letterOf(row);
  }

  markReturned(seq: number): void {
    const row = this.#statements.size.get(seq);
    if (row === undefined) return;
    this.#statements.returned.run(this.#clock.now().getTime(), seq);
    this.#counts.returned++;
    if (row.returned !== null) return;
    this.#counts.unreturned--;
    this.#counts.unreturnedBytes -= Number(row.bytes);
  }

  /** What is beyond the limits. */
  forget(): void {
    const { letters, bytes, age } = this.#limits;
    const oldest = this.#clock.now().getTime() - age;
    this.#remove((left) => {
      const isOver = left.kept > letters || left.bytes > bytes;
      const found = isOver ? this.#next() : this.#statements.first.get();
      return isOver || Number(found?.at) < oldest ? found : undefined;
    });
  }

  #makeRoom(bytes: number): void {
    const most = this.#counts.bytes - bytes;
    this.#remove((left) => (left.bytes > most ? this.#next() : undefined));
  }

  /** That goes first where not all can stay. */
  #next(): Row | undefined {
    return this.#statements.firstReturned.get() ?? this.#statements.first.get();
  }

  /** @param choose the next that goes, of those that are left */
  #remove(choose: (left: LetterCounts) => Row | undefined): void {
    let found = choose(this.#counts);
    while (found !== undefined) {
      const left = { ...this.#counts };
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        for (let removed = 0; found !== undefined && removed < PORTION; removed++) {
          this.#statements.remove.run(Number(found.seq));
          left.kept--;
          left.bytes -= Number(found.bytes);
          if (found.returned === null) {
            left.forgotten++;
            left.unreturned--;
            left.unreturnedBytes -= Number(found.bytes);
          }
          found = choose(left);
        }
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
      Object.assign(this.#counts, left);
    }
  }

  close(): void {
    this.#database.close();
    removeOwner(this.#file);
  }
}

function statementsIn(database: DatabaseSync) {
  const statement = (sql: string) => database.prepare(sql);
  const head = 'seq, at, attributes, NULL AS data, destination, code, reason, returned';
  return {
    sums: statement(`
      SELECT count(*) AS kept, ifnull(sum(bytes), 0) AS bytes,
        count(*) FILTER (WHERE returned IS NULL) AS unreturned,
        ifnull(sum(bytes) FILTER (WHERE returned IS NULL), 0) AS unreturnedBytes
      FROM letters
    `),
    insert: statement(
      'INSERT INTO letters (at, attributes, data, destination, code, reason, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    after: statement(`SELECT ${head} FROM letters WHERE seq > ? ORDER BY seq LIMIT ?`),
    get: statement('SELECT * FROM letters WHERE seq = ?'),
    size: statement('SELECT bytes, returned FROM letters WHERE seq = ?'),
    returned: statement('UPDATE letters SET returned = ? WHERE seq = ?'),
    last: statement('SELECT max(seq) AS seq FROM letters'),
    first: statement('SELECT seq, at, bytes, returned FROM letters ORDER BY seq LIMIT 1'),
    firstReturned: statement(
      'SELECT seq, at, bytes, returned FROM letters WHERE returned IS NOT NULL ORDER BY returned LIMIT 1',
    ),
    remove: statement('DELETE FROM letters WHERE seq = ?'),
  };
}

function letterOf(row: Row): Letter {
  const { data } = row;
  return {
    seq: Number(row.seq),
    at: Number(row.at),
    event: {
      attributes: new Map(Object.entries(JSON.parse(String(row.attributes)))),
      data: data instanceof Uint8Array ? Buffer.from(data.buffer, data.byteOffset, data.length) : undefined,
    },
    destination: String(row.destination),
    code: row.code === null ? undefined : Number(row.code),
    reason: String(row.reason),
    returned: row.returned === null ? undefined : Number(row.returned),
  };
}
