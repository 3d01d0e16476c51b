/**
 * Events on disk before anybody is told that they were taken.
 *
 * Those of one turn of the event loop share a transaction and a flush, and so do those that come while the disk is busy
 * with the one before: the log of SQLite's transactions is flushed by us and not by SQLite, which would hold the whole
 * process up meanwhile (docs/adr/0024). What may be lost with the power, since it only leads to an event sent twice,
 * waits for the next transaction and is not flushed for its own sake.
 *
 * @example
 * const log = EventLog.open({ file: '.weir/eventing/events.db', clock: systemClock });
 * const seq = await log.append({ topic: 'broker:shop/default', event, headers: {}, lanes: [1] });
 */
import { closeSync, fsync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import type { Clock } from '../../../kubernetes/clock.ts';
import { removeOwner } from '../../database/lock.ts';
import { type DatabaseOptions, openDatabase } from '../../database/openDatabase.ts';
import { messageOf, SQLITE, sqliteCode } from '../../database/storeError.ts';
import type { NewEvent, Seq } from './kept.ts';
import { type Reading, readingIn } from './reading.ts';
import { type Rows, rowsIn } from './rows.ts';
import { EVENT_LOG } from './tables.ts';
import { isOfTheDisk, Transactions, type Write } from './transactions.ts';

export interface EventLogOptions extends Omit<DatabaseOptions, 'fsync'> {
  readonly clock: Clock;
  /** Flushes a file to the disk; Node's unless set. */
  readonly flush?: (descriptor: number) => Promise<void>;
  /** Told of what could not be written and never will be, as a sentence. */
  readonly onLost?: (sentence: string) => void;
}

/** Why an event was not taken, as a sentence. */
export class NotKept extends Error {}

interface Pending {
  readonly event: NewEvent;
  resolve(seq: Seq): void;
  reject(error: Error): void;
}

interface Written extends Pending {
  readonly seq: Seq;
}

const NOTHING: ReadonlyMap<number, unknown> = new Map();

/** What only has to be there sooner or later is written no later than this. */
const LATEST = 50;

export class EventLog {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #transactions: Transactions;
  readonly #rows: Rows;
  readonly #reading: Reading;
  readonly #clock: Clock;
  readonly #flush: (descriptor: number) => Promise<void>;
  readonly #onLost: (sentence: string) => void;
  readonly #log: number;
  #pending: Pending[] = [];
  #isScheduled = false;
  /** Are written, and wait for the disk. */
  #written: Written[] = [];
  #flushing: Promise<void> | undefined;
  #later: ((rows: Rows) => void)[] = [];
  #callOff: (() => void) | undefined;
  #last: Seq;
  /** After a flush that failed nobody knows what is on the disk: nothing more is taken. */
  #broken: string | undefined;
  #isClosed = false;

  /** @throws StoreError with a sentence for the user */
  static open(options: EventLogOptions): EventLog {
    return new EventLog(options);
  }

  private constructor({ clock, flush = promisify(fsync), onLost = () => {}, ...options }: EventLogOptions) {
    this.#file = options.file;
    this.#clock = clock;
    this.#flush = flush;
    this.#onLost = onLost;
    this.#database = openDatabase(options, EVENT_LOG);
    this.#transactions = new Transactions(this.#database);
    this.#rows = rowsIn(this.#database);
    this.#reading = readingIn(this.#database);
    this.#last = this.#rows.lastSeq();
    this.#log = openSync(`${options.file}-wal`, 'r+');
  }

  /** For reading; what is written comes in by `append` and `later`. */
  get rows(): Rows {
    return this.#rows;
  }

  /** For those who look at what came; with what was still to be written. */
  get reading(): Reading {
    if (this.#later.length > 0) this.#write();
    return this.#reading;
  }

  /** Of the event that came last. */
  get last(): Seq {
    return this.#last;
  }

  /** Resolves with its place once the event is on the disk. @throws NotKept */
  append(event: NewEvent): Promise<Seq> {
    if (this.#broken !== undefined) return Promise.reject(new NotKept(this.#broken));
    return new Promise((resolve, reject) => {
      this.#pending.push({ event, resolve, reject });
      this.#writeSoon();
    });
  }

  /** Carried out in the next transaction; lost after the end. */
  later(write: (rows: Rows) => void): void {
    if (this.#isClosed) return;
    this.#later.push(write);
    this.#callOff ??= this.#clock.after(LATEST, () => this.#write());
  }

  /** At once, behind what was to be written later. @throws where it cannot be written; nothing of it is then */
  now<Result>(write: (rows: Rows) => Result): Result {
    if (this.#later.length > 0) this.#write();
    return this.#transactions.run(() => write(this.#rows));
  }

  async close(): Promise<void> {
    this.#write();
    this.#isClosed = true;
    // what the disk did not take just now it will not take in a moment
    this.#callOff?.();
    this.#broken ??= 'the platform is about to end';
    await this.#flushing;
    closeSync(this.#log);
    this.#database.close();
    removeOwner(this.#file);
  }

  /** What comes during a flush is written behind it: no flush before the next one is for it. */
  #writeSoon(): void {
    if (this.#isScheduled || this.#flushing !== undefined) return;
    this.#isScheduled = true;
    setImmediate(() => this.#write());
  }

  #write(): void {
    this.#isScheduled = false;
    this.#callOff?.();
    this.#callOff = undefined;
    const pending = this.#pending;
    const later = this.#later;
    if (this.#isClosed || (pending.length === 0 && later.length === 0)) return;
    this.#pending = [];
    this.#later = [];

    const at = this.#clock.now().getTime();
    const first = this.#last + 1;
    const writes: Write[] = [
      ...later.map((write) => () => write(this.#rows)),
      ...pending.map(
        ({ event }, index) =>
          () =>
            this.#rows.addEvent(first + index, at, event),
      ),
    ];
    let refused: ReadonlyMap<number, unknown>;
    try {
      refused = this.#writeAll(writes);
    } catch (error) {
      // What is told later is told again with what comes next: it must not be lost because an event did not fit.
      this.#later = [...later, ...this.#later];
      this.#callOff ??= this.#clock.after(1000, () => this.#write());
      const refusal = new NotKept(this.#explain(error));
      for (const each of pending) each.reject(refusal);
      return;
    }
    // the place of one that was refused stays empty
    this.#last += pending.length;
    for (const [index, each] of pending.entries()) {
      const error = refused.get(later.length + index);
      if (error === undefined) this.#written.push({ ...each, seq: first + index });
      else each.reject(new NotKept(this.#explain(error)));
    }
    for (const [place, error] of refused) {
      if (place < later.length) this.#onLost(`${this.#file}: what became of an event is left out: ${messageOf(error)}`);
    }
    if (this.#written.length > 0) this.#flushing ??= this.#flushAll();
  }

  /** @returns why those were not written that never can be. @throws where nothing can be written now */
  #writeAll(writes: readonly Write[]): ReadonlyMap<number, unknown> {
    try {
      this.#transactions.run(() => {
        for (const write of writes) write();
      });
      return NOTHING;
    } catch (error) {
      if (isOfTheDisk(error)) throw error;
      return this.#transactions.runApart(writes);
    }
  }

  /** One flush after another, each for all that was written before it began. */
  async #flushAll(): Promise<void> {
    while (this.#written.length > 0) {
      const group = this.#written;
      this.#written = [];
      try {
        await this.#flush(this.#log);
      } catch (error) {
        this.#broken = `${this.#file} could not be written to the disk (${messageOf(error)}); start again when the disk is well`;
        for (const { reject } of [...group, ...this.#written, ...this.#pending]) reject(new NotKept(this.#broken));
        this.#written = [];
        this.#pending = [];
        break;
      }
      for (const { resolve, seq } of group) resolve(seq);
      // the next are on their way to the disk before those who waited for these go on
      if (this.#pending.length > 0) this.#write();
    }
    this.#flushing = undefined;
  }

  #explain(error: unknown): string {
    const code = sqliteCode(error);
    if (code === SQLITE.full) {
      return `the disk is full, or ${this.#file} has grown as large as it may: the event was not taken; make room and send it again`;
    }
    return `${this.#file} could not be written (${messageOf(error)}): the event was not taken`;
  }
}
