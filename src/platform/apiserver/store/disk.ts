/** The file: one row an object, the last revision, and nothing of what was before. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isObject } from '../../../kubernetes/json.ts';
import { removeOwner } from '../../database/lock.ts';
import { type DatabaseKind, type DatabaseOptions, damaged, openDatabase } from '../../database/openDatabase.ts';
import { messageOf, SQLITE, type StoreError, sqliteCode } from '../../database/storeError.ts';
import { labelsOf, type Parsed, StoredObject } from './stored.ts';

const KIND: DatabaseKind = {
  application: 0x57656972, // "Weir"
  format: 1,
  tables: `
    CREATE TABLE counter (revision INTEGER NOT NULL);
    INSERT INTO counter VALUES (0);
    CREATE TABLE objects (
      resource TEXT NOT NULL,
      namespace TEXT NOT NULL,
      name TEXT NOT NULL,
      revision INTEGER NOT NULL,
      uid TEXT NOT NULL,
      labels TEXT NOT NULL,
      json TEXT NOT NULL,
      PRIMARY KEY (resource, namespace, name)
    );
  `,
};

/** What a transaction does to one object. */
export interface Write {
  readonly stored: StoredObject;
  readonly isDeletion: boolean;
}

export class Disk {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;

  /** @throws StoreError */
  constructor(options: DatabaseOptions) {
    this.#file = options.file;
    this.#database = openDatabase(options, KIND);
    this.#put = this.#database.prepare(
      `INSERT INTO objects (resource, namespace, name, revision, uid, labels, json) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (resource, namespace, name) DO UPDATE
       SET revision = excluded.revision, uid = excluded.uid, labels = excluded.labels, json = excluded.json`,
    );
    this.#remove = this.#database.prepare('DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?');
    this.#count = this.#database.prepare('UPDATE counter SET revision = ?');
  }

  /** Of the last write ever, which may have been a deletion. @throws StoreError */
  revision(): number {
    const value = this.#database.prepare('SELECT revision FROM counter').get()?.revision;
    if (typeof value !== 'number') throw this.#damaged('it has no revision');
    return value;
  }

  /** All objects, in the order of their keys. @throws StoreError where the file is damaged */
  *objects(parsed: Parsed): Generator<StoredObject> {
    const rows = this.#database.prepare(
      `SELECT resource, namespace, name, revision, uid, labels, json, json_valid(json) AS valid
       FROM objects ORDER BY resource, namespace, name`,
    );
    try {
      for (const row of rows.iterate()) yield this.#read(row, parsed);
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      throw this.#damaged(messageOf(error));
    }
  }

  /** All of it or nothing. @throws where the disk does not take it; nothing has changed then */
  write(writes: readonly Write[], revision: number): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { stored, isDeletion } of writes) {
        const { resource, namespace, name } = stored.key;
        if (isDeletion) this.#remove.run(resource, namespace, name);
        else {
          const labels = Object.keys(stored.labels).length === 0 ? '' : JSON.stringify(stored.labels);
          this.#put.run(resource, namespace, name, stored.revision, stored.uid, labels, stored.json);
        }
      }
      this.#count.run(revision);
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#rollBack();
      throw error;
    }
  }

  /** Why a write was refused, and what would help. */
  explain(error: unknown): string {
    const code = sqliteCode(error);
    if (code === SQLITE.full) {
      return `the disk is full, or ${this.#file} has grown as large as it may: nothing was written; make room and try again`;
    }
    if (code === SQLITE.readOnly)
      return `${this.#file} can no longer be written: nothing was written; look at its permissions`;
    return `${this.#file} could not be written (${messageOf(error)}): nothing was written`;
  }

  close(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The next start reads what is left in the log.
    }
    this.#database.close();
    removeOwner(this.#file);
  }

  /** After some errors SQLite has done it already. */
  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }

  #read(row: Record<string, unknown>, parsed: Parsed): StoredObject {
    const { resource, namespace, name, revision, uid, labels, json, valid } = row;
    const pairs = typeof labels === 'string' ? readLabels(labels) : undefined;
    if (
      typeof resource !== 'string' ||
      typeof namespace !== 'string' ||
      typeof name !== 'string' ||
      typeof revision !== 'number' ||
      typeof uid !== 'string' ||
      pairs === undefined ||
      typeof json !== 'string' ||
      (valid !== 1 && !isJsonObject(json))
    ) {
      throw this.#damaged(`the row of ${String(resource)} ${String(namespace)}/${String(name)} holds no object`);
    }
    const key = { resource, namespace, name };
    return new StoredObject({ key, uid, revision, labels: pairs, json }, parsed);
  }

  #damaged(why: string): StoreError {
    return damaged(this.#file, why);
  }
}

/** SQLite's look is the faster one, and gives up at 1,000 levels. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value);
  } catch {
    return false;
  }
}

/** @returns undefined where the text is not what `write` makes */
function readLabels(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return labelsOf(undefined);
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? labelsOf(value) : undefined;
  } catch {
    return undefined;
  }
}
