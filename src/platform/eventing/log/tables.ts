import type { DatabaseKind } from '../../database/openDatabase.ts';

/**
 * One row an event, whoever gets it: a Broker with a hundred Triggers writes each event once, with the numbers of those
 * it is for. What became of it is told by what is exceptional: how far each subscriber has come without a gap, what it
 * has done beyond that, and what waits to be sent again.
 */
export const EVENT_LOG: DatabaseKind = {
  application: 0x57656976, // "Weiv"
  format: 2,
  tables: `
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY,
      topic TEXT NOT NULL,
      at INTEGER NOT NULL,
      id TEXT NOT NULL,
      attributes TEXT NOT NULL,
      headers TEXT,
      data BLOB,
      lanes TEXT NOT NULL,
      -- where it comes from another one: "reply" (of which lane) or "replay"
      cause INTEGER,
      causelane INTEGER,
      why TEXT
    );
    CREATE INDEX events_by_id ON events (id);
    CREATE INDEX events_by_cause ON events (cause) WHERE cause IS NOT NULL;
    -- a number is never given twice: what is kept of an event names those it was for
    CREATE TABLE lanes (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      below INTEGER NOT NULL,
      above TEXT NOT NULL,
      topic TEXT NOT NULL DEFAULT '',
      since INTEGER NOT NULL DEFAULT 0
    );
    -- those that are no more, as long as events are kept that were for them
    CREATE TABLE gone (number INTEGER PRIMARY KEY, key TEXT NOT NULL, until INTEGER NOT NULL);
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
      reply TEXT,
      PRIMARY KEY (seq, lane, number)
    ) WITHOUT ROWID;
    CREATE TABLE dead (
      seq INTEGER NOT NULL,
      lane INTEGER NOT NULL,
      at INTEGER NOT NULL,
      status INTEGER,
      data TEXT NOT NULL,
      sink TEXT,
      destination TEXT NOT NULL DEFAULT '',
      -- when it was sent again
      returned INTEGER,
      PRIMARY KEY (seq, lane)
    ) WITHOUT ROWID;
  `,
  upgrades: [
    `
    ALTER TABLE events ADD COLUMN cause INTEGER;
    ALTER TABLE events ADD COLUMN causelane INTEGER;
    ALTER TABLE events ADD COLUMN why TEXT;
    CREATE INDEX events_by_cause ON events (cause) WHERE cause IS NOT NULL;
    ALTER TABLE lanes ADD COLUMN topic TEXT NOT NULL DEFAULT '';
    ALTER TABLE lanes ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE gone (number INTEGER PRIMARY KEY, key TEXT NOT NULL, until INTEGER NOT NULL);
    ALTER TABLE attempts ADD COLUMN reply TEXT;
    ALTER TABLE dead ADD COLUMN destination TEXT NOT NULL DEFAULT '';
    ALTER TABLE dead ADD COLUMN returned INTEGER;
    `,
  ],
};
