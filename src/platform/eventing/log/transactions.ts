/** Writes that belong together, and those that only share a transaction: one that can never be written holds up no other. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SQLITE, sqliteCode } from '../../database/storeError.ts';

export type Write = () => void;

export class Transactions {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  /** All of it or nothing. @throws what it throws */
  run<Result>(work: () => Result): Result {
    this.#begin.run();
    try {
      const result = work();
      this.#commit.run();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * Each by itself, in one transaction.
   *
   * @returns why those were not written that were not, by their places
   * @throws where nothing can be written now
   */
  runApart(writes: readonly Write[]): ReadonlyMap<number, unknown> {
    return this.run(() => {
      const refused = new Map<number, unknown>();
      for (const [place, write] of writes.entries()) {
        this.#database.exec('SAVEPOINT apart');
        try {
          write();
        } catch (error) {
          if (isOfTheDisk(error) || !this.#database.isTransaction) throw error;
          this.#database.exec('ROLLBACK TO apart');
          refused.set(place, error);
        }
        this.#database.exec('RELEASE apart');
      }
      return refused;
    });
  }
}

/** What has nothing to do with what is written, and may be over in a moment; all else is the fault of one row. */
const OF_THE_DISK: ReadonlySet<number> = new Set([
  SQLITE.busy,
  SQLITE.locked,
  SQLITE.memory,
  SQLITE.readOnly,
  SQLITE.io,
  SQLITE.corrupt,
  SQLITE.full,
  SQLITE.cannotOpen,
  SQLITE.notADatabase,
]);

export function isOfTheDisk(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && OF_THE_DISK.has(code);
}
