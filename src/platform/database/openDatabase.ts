/** Opens a database of the platform's so that no second process can, or says why not. */
import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownerOf, writeOwner } from './lock.ts';
import { messageOf, SQLITE, StoreError, sqliteCode } from './storeError.ts';

const PAGE_BYTES = 4096;
/** The log is cut back to this when it has been written over to the database. */
const LOG_BYTES = 16 * 1024 * 1024;

export interface DatabaseOptions {
  /** Beside it stand `-wal` and `.lock`. */
  readonly file: string;
  /** Every commit waits for the disk: nothing is lost where the power goes. */
  readonly fsync?: boolean;
  /** The file grows no further; writes are refused then. */
  readonly maxBytes?: number;
}

/** What is kept in it, so that no other database is taken for one of these. */
export interface DatabaseKind {
  /** Four letters in ASCII, as SQLite's application_id. */
  readonly application: number;
  /** Counts up when the tables change. A newer Weir reads an older file; an older one refuses a newer file. */
  readonly format: number;
  /** The statements that make the tables of a new file. */
  readonly tables: string;
  /** The statements that make of each older format the one after it, the first of them of format 1. */
  readonly upgrades?: readonly string[];
}

/** @throws StoreError */
export function openDatabase(options: DatabaseOptions, kind: DatabaseKind): DatabaseSync {
  prepareFolder(options.file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(options.file, { timeout: 0 });
    configure(database, options, kind);
    writeOwner(options.file);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreError ? error : explain(options.file, error);
  }
}

/** The file is there before SQLite opens it, since Secrets stand in it: nobody else may read it. */
function prepareFolder(file: string): void {
  const folder = path.dirname(file);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const why = `the store ${file} cannot be written (${messageOf(error)})`;
    throw new StoreError(`${why}; give a folder that may be written`, { cause: error });
  }
}

function configure(
  database: DatabaseSync,
  { file, fsync = false, maxBytes }: DatabaseOptions,
  kind: DatabaseKind,
): void {
  // Before anything is read: the lock is taken with the first look at the file, and kept.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${fsync ? 'FULL' : 'NORMAL'}`);
  database.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)}`);

  database.exec('BEGIN EXCLUSIVE');
  try {
    prepareTables(database, file, kind);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function prepareTables(database: DatabaseSync, file: string, kind: DatabaseKind): void {
  const application = pragma(database, 'application_id');
  const format = pragma(database, 'user_version');
  const isNew = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count === 0;
  if (isNew && application === 0 && format === 0) {
    database.exec(kind.tables);
    database.exec(`PRAGMA application_id = ${kind.application}; PRAGMA user_version = ${kind.format}`);
    return;
  }
  if (application !== kind.application) {
    throw new StoreError(`${file} is a database of another program; give the store a file of its own`);
  }
  if (format > kind.format) {
    const formats = `format ${format}, and this version reads up to ${kind.format}`;
    throw new StoreError(`${file} was written by a newer Weir (${formats}); start that one, or give another folder`);
  }
  const damage = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (damage !== 'ok') throw damaged(file, String(damage).replace(/^\*\*\*.*\*\*\*\s*/, ''));
  if (format === kind.format) return;
  for (const statements of (kind.upgrades ?? []).slice(Math.max(0, format - 1))) database.exec(statements);
  database.exec(`PRAGMA user_version = ${kind.format}`);
}

function pragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  const value = database.prepare(`PRAGMA ${name}`).get()?.[name];
  return typeof value === 'number' ? value : 0;
}

function explain(file: string, error: unknown): StoreError {
  const code = sqliteCode(error);
  if (code === SQLITE.busy) return new StoreError(lockedSentence(file), { cause: error });
  if (code === SQLITE.notADatabase || code === SQLITE.corrupt) return damaged(file, messageOf(error));
  if (code === SQLITE.full) {
    return new StoreError(`the disk that holds ${file} is full; make room and start again`, { cause: error });
  }
  if (code === SQLITE.readOnly || code === SQLITE.cannotOpen) {
    return new StoreError(`the store ${file} cannot be written (${messageOf(error)}); look at its permissions`, {
      cause: error,
    });
  }
  return new StoreError(`the store ${file} cannot be opened: ${messageOf(error)}`, { cause: error });
}

function lockedSentence(file: string): string {
  const pid = ownerOf(file);
  const owner = pid === undefined ? 'another process' : `another process, ${pid},`;
  return `${owner} has the store ${file} open; stop it first, or give another folder`;
}

/** @param why as SQLite tells it */
export function damaged(file: string, why: string): StoreError {
  return new StoreError(
    `the store ${file} is damaged (${why}). Move it and the files beside it away to begin anew, or bring back a copy`,
  );
}
