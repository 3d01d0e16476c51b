/** What is asked about accounts, in the shape in which it is asked: lines of statements. Nothing is decided by it. */
import type { DatabaseSync } from 'node:sqlite';
import type { Fact } from '../event-sourcing/account.ts';
import type { Stored } from '../event-sourcing/store.ts';

export type Happened = Stored<Fact>;

const COLUMNS = 'account TEXT, version INTEGER, time TEXT, what TEXT, cents INTEGER, PRIMARY KEY (account, version)';

export class ReadModel {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS lines (${COLUMNS});`);
  }

  /** A line's key is its event's name, so that a duplicate is the same line; and in whichever order they come, sums are the same. */
  take(event: Happened, table: 'lines' | 'fresh' = 'lines'): void {
    const insert = this.#database.prepare(`INSERT OR IGNORE INTO ${table} VALUES (?, ?, ?, ?, ?)`);
    insert.run(event.stream, event.version, event.time, event.fact.type, centsOf(event.fact));
  }

  /** The richest first. */
  accounts(): unknown[] {
    const sums = 'SELECT account, sum(cents) AS cents FROM lines GROUP BY account ORDER BY cents DESC, account';
    return this.#database.prepare(sums).all();
  }

  /** `isComplete`: none of its events is still on its way. */
  statement(account: string): { readonly isComplete: boolean; readonly lines: unknown[] } {
    const sums =
      'SELECT *, sum(cents) OVER (ORDER BY version) AS balance FROM lines WHERE account = ? ORDER BY version';
    const lines = this.#database.prepare(sums).all(account);
    return { isComplete: lines.at(-1)?.version === lines.length, lines };
  }

  empty(): void {
    this.#database.exec('DELETE FROM lines');
  }

  /**
   * From the first event on, beside the old lines, which are read until all the new ones are there.
   *
   * @param page the next events of the store after a position; none at its end
   */
  async rebuild(page: (after: number) => Promise<readonly Happened[]>): Promise<number> {
    this.#database.exec(`DROP TABLE IF EXISTS fresh; CREATE TABLE fresh (${COLUMNS});`);
    const end = await this.#follow(0, page, 'fresh');
    this.#database.exec('BEGIN; DROP TABLE lines; ALTER TABLE fresh RENAME TO lines; COMMIT;');
    // what came by its Trigger meanwhile went with the old lines; it is in the store, as all is before it is told
    return this.#follow(end, page, 'lines');
  }

  async #follow(
    from: number,
    page: (after: number) => Promise<readonly Happened[]>,
    table: 'lines' | 'fresh',
  ): Promise<number> {
    let at = from;
    for (let events = await page(at); events.length > 0; events = await page(at)) {
      for (const event of events) this.take(event, table);
      at = events.at(-1)?.position ?? at;
    }
    return at;
  }
}

function centsOf(fact: Fact): number {
  if (fact.type === 'account.opened.v1') return 0;
  return fact.type === 'account.deposited.v1' ? fact.cents : -fact.cents;
}
