/** examples/lib/inbox.ts: an event takes effect once, whatever happens in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { type Event, type Inbox, openInbox } from '../../examples/lib/inbox.ts';

let folder: string;
let inbox: Inbox;
let counter = 0;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-inbox-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  inbox = open(`consumer-${++counter}`);
});

afterEach(() => inbox.close());

function open(consumer: string): Inbox {
  const opened = openInbox(consumer, folder);
  opened.database.exec('CREATE TABLE IF NOT EXISTS done (id TEXT)');
  return opened;
}

function anEvent(id: string, source = '/orders'): Event {
  return new CloudEvent({ id, source, type: 'order.placed' });
}

/** Work that counts, and answers. */
function take(event: Event, of = inbox): Event | undefined {
  return of.once(event, () => {
    of.database.prepare('INSERT INTO done VALUES (?)').run(event.id);
    return new CloudEvent({ id: `${event.id}-done`, source: '/worker', type: 'order.done', data: { n: 1 } });
  });
}

function done(of = inbox): unknown[] {
  return of.database
    .prepare('SELECT id FROM done')
    .all()
    .map((row) => row.id);
}

describe('an inbox', () => {
  it('does the work of an event once, and gives each duplicate the answer of the first', () => {
    const first = take(anEvent('a'));
    const second = take(anEvent('a'));
    expect(done()).toEqual(['a']);
    expect(first).toMatchObject({ id: 'a-done', type: 'order.done', data: { n: 1 } });
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('tells events by their source and id together', () => {
    for (const event of [anEvent('a'), anEvent('a', '/returns'), anEvent('b')]) take(event);
    expect(done()).toEqual(['a', 'a', 'b']);
  });

  it('knows them after it was closed', () => {
    take(anEvent('a'));
    inbox.close();
    inbox = open(`consumer-${counter}`);
    expect(take(anEvent('a'))).toMatchObject({ id: 'a-done' });
    expect(done()).toEqual(['a']);
  });

  it('is of one consumer: another takes the event, too', () => {
    const other = open(`other-${counter}`);
    take(anEvent('a'));
    take(anEvent('a'), other);
    expect([done(), done(other)]).toEqual([['a'], ['a']]);
    other.close();
  });

  it('takes nothing where the work fails, so that the event can come again', () => {
    const failing = () =>
      inbox.once(anEvent('a'), () => {
        inbox.database.exec("INSERT INTO done VALUES ('a')");
        throw new Error('the disk is full');
      });
    expect(failing).toThrow('the disk is full');
    expect(done()).toEqual([]);
    expect(take(anEvent('a'))).toMatchObject({ id: 'a-done' });
    expect(done()).toEqual(['a']);
  });

  it('remembers that there was no answer', () => {
    let times = 0;
    const quiet = () => inbox.once(anEvent('a'), () => void times++ as undefined);
    expect([quiet(), quiet()]).toEqual([undefined, undefined]);
    expect(times).toBe(1);
  });

  it('is shared by two Pods of one consumer', () => {
    const twin = open(`consumer-${counter}`);
    take(anEvent('a'));
    expect(take(anEvent('a'), twin)).toMatchObject({ id: 'a-done' });
    expect(done()).toEqual(['a']);
    twin.close();
  });
});
