/** examples/event-sourcing/store.ts: what is appended stays, and of two who decide by the same version one is told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { apply, decide, NOBODYS, NotAllowed } from '../../examples/event-sourcing/account.ts';
import { EventStore, VersionConflict } from '../../examples/event-sourcing/store.ts';

const TIME = '2026-11-22T12:00:00.000Z';

let folder: string;
let databases: DatabaseSync[];
let store: EventStore<string, number>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-store-'));
  databases = [];
  store = open();
});

afterEach(() => {
  for (const database of databases) database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As another Pod with the same volume would. */
function open(): EventStore<string, number> {
  const database = new DatabaseSync(path.join(folder, 'store.db'), { timeout: 10_000 });
  databases.push(database);
  return new EventStore(database);
}

describe('the event store', () => {
  it('counts versions by stream, and positions over all of them', () => {
    store.append('a', 0, 'one', TIME);
    store.append('b', 0, 'two', TIME);
    expect(store.append('a', 1, 'three', TIME)).toMatchObject({ position: 3, stream: 'a', version: 2, fact: 'three' });
    expect(store.read('a').map(({ fact }) => fact)).toEqual(['one', 'three']);
    expect(store.read('a', 1).map(({ fact }) => fact)).toEqual(['three']);
    expect(store.all(1).map(({ fact }) => fact)).toEqual(['two', 'three']);
    expect(store.all(0, 2).map(({ position }) => position)).toEqual([1, 2]);
  });

  it.each([0, 2, -1])('tells who decided by version %d that it is another', (expected) => {
    store.append('a', 0, 'one', TIME);
    expect(() => store.append('a', expected, 'two', TIME)).toThrow(VersionConflict);
    expect(store.read('a')).toHaveLength(1);
  });

  it('tells the second of two who have read the same', () => {
    const other = open();
    store.append('a', 0, 'one', TIME);
    const version = other.read('a').length;
    store.append('a', version, 'mine', TIME);
    expect(() => other.append('a', version, 'theirs', TIME)).toThrow('a is at version 2, and not at 1');
  });

  it('changes and deletes nothing', () => {
    store.append('a', 0, 'one', TIME);
    expect(() => databases[0]?.exec('UPDATE events SET fact = \'"two"\'')).toThrow('events are never changed');
    expect(() => databases[0]?.exec('DELETE FROM events')).toThrow('events are never deleted');
  });

  it('keeps the last snapshot of a stream, for who has its shape', () => {
    for (const version of [100, 200]) store.keepSnapshot('a', 1, { version, state: version * 10 });
    expect(open().snapshot('a', 1)).toEqual({ version: 200, state: 2000 });
    expect(store.snapshot('a', 2)).toBeUndefined();
    expect(store.snapshot('b', 1)).toBeUndefined();
  });
});

describe('an account', () => {
  const open = { type: 'account.open.v1', owner: 'Ada' };
  const opened = apply(NOBODYS, decide(NOBODYS, open));

  it('is what has happened to it', () => {
    const deposited = apply(opened, decide(opened, { type: 'account.deposit.v1', cents: 500 }));
    expect(apply(deposited, decide(deposited, { type: 'account.withdraw.v1', cents: 500 }))).toEqual(opened);
    expect(deposited).toEqual({ owner: 'Ada', cents: 500 });
  });

  it.each([
    [opened, open, "it is Ada's already"],
    [NOBODYS, { type: 'account.open.v1' }, 'an account needs an owner'],
    [NOBODYS, { type: 'account.deposit.v1', cents: 1 }, 'nobody has opened it'],
    [opened, { type: 'account.deposit.v1', cents: 0.5 }, 'cents is 0.5'],
    [opened, { type: 'account.deposit.v1', cents: -1 }, 'cents is -1'],
    [opened, { type: 'account.deposit.v1', cents: '1' }, 'cents is "1"'],
    [opened, { type: 'account.withdraw.v1', cents: 1 }, '1 cents are asked for, and 0 are there'],
    [opened, { type: 'account.close.v1', cents: 1 }, 'nobody knows what account.close.v1 is'],
  ])('%j does not allow %j', (account, command, reason) => {
    expect(() => decide(account, command)).toThrow(NotAllowed);
    expect(() => decide(account, command)).toThrow(reason);
  });
});
