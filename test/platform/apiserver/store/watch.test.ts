import { describe, expect, it } from '@jest/globals';
import type {
  Selection,
  Store,
  Watch,
  WatchEvent,
  WatchOptions,
} from '../../../../src/platform/apiserver/store/store.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { aStore, at, erase, told, write } from './stores.ts';

const shop = { resource: 'configmaps', namespace: 'shop' };
const blue: Selection = { ...shop, matches: ({ labels }) => labels.color === 'blue' };

/** A watch that writes down what it is told. */
function follow(store: Store, selection: Selection, options: Partial<WatchOptions> = {}) {
  const log: string[] = [];
  const events: WatchEvent[] = [];
  const watch = store.watch(selection, {
    onEvent: (event) => {
      events.push(event);
      log.push(told(event));
    },
    onBookmark: (revision) => log.push(`BOOKMARK ${revision}`),
    onGone: () => log.push('GONE'),
    ...options,
  });
  return { log, events, watch };
}

describe('a watch', () => {
  it('tells what comes in its collection and its namespace, in order', async () => {
    const store = await aStore();
    const { log } = follow(store, shop, { since: 0 });
    const everywhere = follow(store, { ...shop, namespace: '' }, { since: 0 });
    await write(store, at('a'));
    await write(store, at('b', 'secrets'));
    await write(store, at('other/c'));
    await write(store, at('a'), { changed: 'yes' });
    await erase(store, at('a'));
    expect(log).toEqual(['ADDED a 1', 'MODIFIED a 4', 'DELETED a 5']);
    expect(everywhere.log).toEqual(['ADDED a 1', 'ADDED c 3', 'MODIFIED a 4', 'DELETED a 5']);
  });

  it('tells many writes of one turn each with the state right after it', async () => {
    const store = await aStore();
    const states: unknown[] = [];
    const onEvent = ({ stored }: WatchEvent) => states.push([store.revision, store.get(at('a')) === stored]);
    store.watch(shop, { onEvent });
    await Promise.all([store.put(at('a'), { a: 1 }, undefined), store.put(at('a'), { a: 2 }, 1)]);
    expect(states).toEqual([[1, true], [2, true]]); // biome-ignore format: pairs
  });

  it('tells what stands first, where it has no place to begin', async () => {
    const store = await aStore();
    for (const name of ['b', 'a']) await write(store, at(name));
    expect(follow(store, shop).log).toEqual(['ADDED a 2', 'ADDED b 1']);
    expect(follow(store, shop, { initialEvents: true }).log).toEqual(['ADDED a 2', 'ADDED b 1', 'BOOKMARK 2']);
    expect(follow(store, shop, { initialEvents: true, since: 1 }).log).toEqual([
      'ADDED a 2',
      'ADDED b 1',
      'BOOKMARK 2',
    ]);
  });

  it('begins where it is told to, and says where that is too long ago', async () => {
    const store = await aStore({ history: 3 });
    for (let round = 0; round < 5; round++) await write(store, at('a'), { round });
    expect(follow(store, shop, { since: 3 }).log).toEqual(['MODIFIED a 4', 'MODIFIED a 5']);
    expect(follow(store, shop, { since: 5 }).log).toEqual([]);
    expect(() => follow(store, shop, { since: 1 })).toThrow(
      expect.objectContaining({ code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' }),
    );
    expect(follow(store, shop, { since: 2 }).log).toHaveLength(3);
  });

  it('from a revision that is yet to come must list again: it is of another store', async () => {
    const store = await aStore();
    await write(store, at('a'));
    expect(follow(store, shop, { since: 1 }).log).toEqual([]);
    expect(() => follow(store, shop, { since: 2 })).toThrow(
      expect.objectContaining({ code: 410, reason: 'Expired', message: 'too large resource version: 2 (1)' }),
    );
    expect(follow(store, shop, { since: 2, initialEvents: true }).log).toEqual(['ADDED a 1', 'BOOKMARK 1']);
  });

  it.each(['live', 'later'])('of a selection tells what comes into it and leaves it (%s)', async (when) => {
    const store = await aStore();
    const live = follow(store, blue, { since: 0 });
    await write(store, at('a'), { n: '1' }, { color: 'red' });
    await write(store, at('a'), { n: '2' }, { color: 'blue' });
    await write(store, at('a'), { n: '3' }, { color: 'blue' });
    await write(store, at('a'), { n: '4' }, { color: 'red' });
    await erase(store, at('a'));
    await write(store, at('a'), { n: '6' }, { color: 'blue' });
    await erase(store, at('a'));
    const { log, events } = when === 'live' ? live : follow(store, blue, { since: 0 });
    expect(log).toEqual(['ADDED a 2', 'MODIFIED a 3', 'DELETED a 4', 'ADDED a 6', 'DELETED a 7']);

    // As it was when it was selected, at the revision of the change that took it away.
    const left = events[2]?.stored.object();
    expect(left).toMatchObject({ data: { n: '3' }, metadata: { labels: { color: 'blue' }, resourceVersion: '4' } });
    expect(events[4]?.stored.object()).toMatchObject({ data: { n: '6' }, metadata: { resourceVersion: '7' } });
  });

  it('tells a deletion with the state that the deletion gives', async () => {
    const store = await aStore();
    await write(store, at('a'));
    const { events } = follow(store, shop, { since: 1 });
    await store.remove(at('a'), { metadata: { name: 'a', deletionTimestamp: 'now' } }, 1);
    expect(events[0]?.stored.json).toBe('{"metadata":{"name":"a","deletionTimestamp":"now","resourceVersion":"2"}}');
  });

  it('gives all watchers the same event', async () => {
    const store = await aStore();
    const watchers = [follow(store, shop), follow(store, { ...shop, namespace: '' }), follow(store, blue)];
    await write(store, at('a'), {}, { color: 'blue' });
    await write(store, at('a'), {}, { color: 'red' });
    const late = follow(store, blue, { since: 0 });
    expect(new Set([...watchers, late].map(({ events }) => events[0])).size).toBe(1);
    expect(watchers[2]?.events[1]).toBe(late.events[1]);
    expect(watchers[2]?.events[1]).not.toBe(watchers[0]?.events[1]);
  });

  it('ends when it is stopped, also by what it is told', async () => {
    const store = await aStore();
    const log: string[] = [];
    const onEvent = (event: WatchEvent, watch: Watch) => {
      log.push(told(event));
      watch.stop();
    };
    for (const name of ['a', 'b']) await write(store, at(name));
    store.watch(shop, { onEvent, onGone: () => log.push('GONE') });
    await write(store, at('c'));
    expect(log).toEqual(['ADDED a 1']);
  });

  it('that is begun by another one misses nothing and hears nothing twice', async () => {
    const store = await aStore();
    const log: string[] = [];
    let begun = false;
    store.watch(shop, {
      onEvent: () => {
        if (!begun) store.watch(shop, { onEvent: (event) => log.push(told(event)) });
        begun = true;
      },
    });
    await Promise.all(['a', 'b', 'c'].map((name) => write(store, at(name))));
    expect(log).toEqual(['ADDED a 1', 'ADDED b 2', 'ADDED c 3']);
  });

  it('that throws is ended alone', async () => {
    const store = await aStore();
    const gone: string[] = [];
    const onEvent = () => {
      throw new Error('a bug');
    };
    store.watch(shop, { onEvent, onGone: () => gone.push('gone') });
    const matches = () => {
      throw new Error('a bug');
    };
    store.watch({ ...shop, matches }, { since: 0, onEvent: () => {}, onGone: () => gone.push('gone too') });
    const { log } = follow(store, shop);
    await write(store, at('a'));
    await write(store, at('a'));
    expect([gone, log]).toEqual([
      ['gone', 'gone too'],
      ['ADDED a 1', 'MODIFIED a 2'],
    ]);
  });

  it('hears that the store closes', async () => {
    const store = await aStore();
    const { log } = follow(store, shop);
    await store.close();
    expect(log).toEqual(['GONE']);
  });
});

describe('a watch that is paused', () => {
  it('goes on where it was', async () => {
    const store = await aStore();
    const { log, watch } = follow(store, shop);
    await write(store, at('a'));
    watch.pause();
    await write(store, at('b'));
    await write(store, at('c'));
    expect([log, watch.revision]).toEqual([['ADDED a 1'], 1]);
    watch.resume();
    await write(store, at('d'));
    expect([log, watch.revision]).toEqual([['ADDED a 1', 'ADDED b 2', 'ADDED c 3', 'ADDED d 4'], 4]);
  });

  it('after every event, as a slow client does, hears all of them', async () => {
    const store = await aStore();
    for (const name of ['a', 'b', 'c']) await write(store, at(name));
    const log: string[] = [];
    const watch = store.watch(shop, {
      initialEvents: true,
      onEvent: (event, own) => {
        log.push(told(event));
        own.pause();
      },
      onBookmark: (revision) => log.push(`BOOKMARK ${revision}`),
    });
    await write(store, at('a'));
    await erase(store, at('b'));
    for (let round = 0; round < 9; round++) watch.resume();
    expect(log).toEqual(['ADDED a 1', 'ADDED b 2', 'ADDED c 3', 'BOOKMARK 3', 'MODIFIED a 4', 'DELETED b 5']);
  });

  it('for longer than the history reaches is gone, and no other one', async () => {
    const store = await aStore({ history: 3 });
    const slow = follow(store, shop);
    const quiet = follow(store, { ...shop, resource: 'secrets' });
    const resting = follow(store, { ...shop, resource: 'secrets' });
    slow.watch.pause();
    for (let round = 0; round < 4; round++) await write(store, at('a'), { round });
    resting.watch.pause();
    slow.watch.resume();
    resting.watch.resume();
    await write(store, at('b', 'secrets'));
    expect(slow.log).toEqual(['GONE']);
    expect([quiet.log, resting.log]).toEqual([['ADDED b 5'], ['ADDED b 5']]);
  });
});

describe('bookmarks', () => {
  it('come once a minute to all who are up to date', async () => {
    const clock = new FakeClock();
    const store = await aStore({ clock });
    const watching = follow(store, shop);
    const paused = follow(store, shop);
    paused.watch.pause();
    await write(store, at('x', 'secrets'));
    clock.advance(59_000);
    expect(watching.log).toEqual([]);
    clock.advance(1_000);
    clock.advance(60_000);
    expect([watching.log, paused.log]).toEqual([['BOOKMARK 1', 'BOOKMARK 1'], []]);
    await store.close();
    expect(clock.waiting).toBe(0);
  });
});
