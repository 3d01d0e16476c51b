import type { DatabaseKind } from '../../database/openDatabase.ts';

/**
 * One row an event, whoever gets it: a Broker with a hundred Triggers writes each event once, with the numbers of those
 * it is for. What became of it is told by what is exceptional: how far each subscriber has come without a gap, what it
 * has done beyond that, and what waits to be sent again.
 */
export const EVENT_LOG: DatabaseKind = {
  application: 0x57656976, // "Weiv"
  format: 1,
  tables: `
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY,
      topic TEXT NOT NULL,
      at INTEGER NOT NULL,
      id TEXT NOT NULL,
      attributes TEXT NOT NULL,
      headers TEXT,
      data BLOB,
      lanes TEXT NOT NULL
    );
    CREATE INDEX events_by_id ON events (id);
    -- a number is never given twice: what is kept of an event names those it was for
    CREATE TABLE lanes (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, below INTEGER NOT NULL, above TEXT NOT NULL);
    CREATE TABLE waiting (
      lane INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      due INTEGER NOT NULL,
      PRIMARY KEY (lane, seq)
    ) WITHOUT ROWID;
    CREATE TABLE attempts (
      seq INTEGER NOT NULL,
      lane INTEGER NOT NULL,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      took INTEGER NOT NULL,
      status INTEGER,
      error TEXT,
      PRIMARY KEY (seq, lane, number)
    ) WITHOUT ROWID;
    CREATE TABLE dead (
      seq INTEGER NOT NULL,
      lane INTEGER NOT NULL,
      at INTEGER NOT NULL,
      status INTEGER,
      data TEXT NOT NULL,
      sink TEXT,
      PRIMARY KEY (seq, lane)
    ) WITHOUT ROWID;
  `,
};
