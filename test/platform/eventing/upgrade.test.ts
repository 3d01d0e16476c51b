/** A log that an earlier Weir wrote. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { EventLog } from '../../../src/platform/eventing/log/eventLog.ts';
import { EVENT_LOG } from '../../../src/platform/eventing/log/tables.ts';
import { anEvent, TOPIC, temporaryFolder } from './kit.ts';

/** As format 1 had them. */
const TABLES = `
  CREATE TABLE events (seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, attributes TEXT NOT NULL, headers TEXT, data BLOB, lanes TEXT NOT NULL);
  CREATE INDEX events_by_id ON events (id);
  CREATE TABLE lanes (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, below INTEGER NOT NULL, above TEXT NOT NULL);
  CREATE TABLE waiting (lane INTEGER NOT NULL, seq INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (lane, seq)) WITHOUT ROWID;
  CREATE TABLE attempts (seq INTEGER NOT NULL, lane INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, took INTEGER NOT NULL, status INTEGER, error TEXT, PRIMARY KEY (seq, lane, number)) WITHOUT ROWID;
  CREATE TABLE dead (seq INTEGER NOT NULL, lane INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER, data TEXT NOT NULL, sink TEXT, PRIMARY KEY (seq, lane)) WITHOUT ROWID;
  INSERT INTO events VALUES (1, '${TOPIC}', 5, 'a', '{"specversion":"1.0","id":"a","source":"/old","type":"t"}', NULL, NULL, '[1]');
  INSERT INTO lanes (key, below, above) VALUES ('trigger:shop/one', 0, '[]');
  INSERT INTO attempts VALUES (1, 1, 1, 6, 7, 500, NULL);
  INSERT INTO dead VALUES (1, 1, 8, 500, 'bm8=', NULL);
  PRAGMA application_id = ${EVENT_LOG.application};
  PRAGMA user_version = 1;
`;

it('is read on, and written as a new one', async () => {
  const { folder, remove } = temporaryFolder();
  const file = path.join(folder, 'events.db');
  const old = new DatabaseSync(file);
  old.exec(TABLES);
  old.close();
  for (const round of [1, 2]) {
    const log = EventLog.open({ file, clock: systemClock });
    expect(log.rows.eventsById('a')).toMatchObject([{ seq: 1, lanes: [1], cause: undefined }]);
    expect(log.rows.attempts(1)).toMatchObject([{ status: 500, reply: undefined }]);
    expect(log.rows.dead(1)).toMatchObject([{ status: 500, destination: '', returned: undefined }]);
    expect(log.reading.lanes()).toEqual([{ number: 1, key: 'trigger:shop/one', topic: '', since: 0 }]);
    const cause = { seq: 1, lane: 1, why: 'reply' } as const;
    await log.append({ topic: TOPIC, event: anEvent('b'), headers: {}, lanes: [], cause });
    expect(log.reading.causedBy(1, { events: 10, bytes: 100 })).toHaveLength(round);
    await log.close();
  }
  remove();
});
