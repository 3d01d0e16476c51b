import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { aFolder, anObject, aStore, at, erase, names, write } from './stores.ts';

const key = at('web');

describe('a write', () => {
  it('sets the resourceVersion and changes nothing else', async () => {
    const store = await aStore();
    const object = anObject(key, { a: '1' }, { app: 'web' });
    const stored = await store.put(key, object, undefined);
    expect(stored).toMatchObject({ key, uid: 'uid-of-web', revision: 1, labels: { app: 'web' } });
    expect(stored.object()).toEqual({ ...object, metadata: { ...(object.metadata as object), resourceVersion: '1' } });
    expect(JSON.parse(stored.json)).toEqual(stored.object());
    expect(store.get(key)).toBe(stored);
    expect(store.revision).toBe(1);
  });

  it('is seen by nobody before it is done', async () => {
    const store = await aStore();
    const events: string[] = [];
    store.watch({ resource: 'configmaps', namespace: '' }, { onEvent: ({ type }) => events.push(type) });
    const written = store.put(key, anObject(key), undefined);
    expect([store.get(key), store.revision, events]).toEqual([undefined, 0, []]);
    await written;
    expect([store.get(key)?.revision, store.revision, events]).toEqual([1, 1, ['ADDED']]);
  });

  it('is refused where something else stands at the key, by those before it in the same turn too', async () => {
    const store = await aStore();
    const deployment = at('web', 'deployments.apps');
    const results = await Promise.allSettled([
      store.put(deployment, anObject(key), undefined),
      store.put(deployment, anObject(key), undefined),
      store.put(deployment, anObject(key, { a: '2' }), 1),
      store.put(deployment, anObject(key, { a: '3' }), 1),
      store.remove(deployment, anObject(key), 1),
      store.remove(deployment, anObject(key), 2),
      store.put(deployment, anObject(key), 3),
      store.remove(deployment, anObject(key), 3),
      store.put(deployment, anObject(key), undefined),
    ]);
    const answers = results.map((each) =>
      each.status === 'fulfilled' ? each.value.revision : [each.reason.code, each.reason.reason, each.reason.message],
    );
    const exists = [409, 'AlreadyExists', 'deployments.apps "web" already exists'];
    const changed = [
      409,
      'Conflict',
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ];
    const gone = [404, 'NotFound', 'deployments.apps "web" not found'];
    expect(answers).toEqual([1, exists, 2, changed, changed, 3, gone, gone, 4]);
    expect(store.revision).toBe(4);
  });

  it('that no JSON can be made of is refused alone, and takes no revision', async () => {
    const store = await aStore();
    const circle: Record<string, never> = {};
    (circle as Record<string, unknown>).self = circle;
    const results = await Promise.allSettled([
      store.put(at('bad'), anObject(at('bad'), circle), undefined),
      store.put(key, anObject(key), undefined),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect([store.revision, store.get(at('bad'))]).toEqual([1, undefined]);
  });

  it('after the store is closed is refused', async () => {
    const store = await aStore();
    const before = store.put(key, anObject(key), undefined);
    await store.close();
    await expect(before).resolves.toMatchObject({ revision: 1 });
    await expect(store.put(key, anObject(key), 1)).rejects.toMatchObject({ code: 503 });
  });
});

describe('what is stored', () => {
  it.each([false, true])(
    'is there after a restart, and so is the revision of a deletion (fsync: %j)',
    async (fsync) => {
      const file = path.join(aFolder(), 'deep', 'er', 'store.db');
      const first = await aStore({ file, fsync });
      const web = await write(first, key, { a: 'é☃😀' }, { app: 'web' });
      await write(first, at('default/b'));
      await erase(first, at('default/b'));
      await first.close();

      const second = await aStore({ file, fsync });
      expect(second.revision).toBe(3);
      expect(second.get(key)).toMatchObject({ key, uid: web.uid, revision: 1, labels: web.labels, json: web.json });
      expect(names(second.list({ resource: 'configmaps', namespace: '' }).items)).toEqual(['shop/web']);
      expect((await write(second, key)).revision).toBe(4);
    },
  );

  it('has no past after a restart', async () => {
    const file = path.join(aFolder(), 'store.db');
    const first = await aStore({ file });
    await write(first, key);
    await write(first, at('b'));
    await first.close();

    const second = await aStore({ file });
    const all = { resource: 'configmaps', namespace: '' };
    expect(() => second.watch(all, { since: 1, onEvent: () => {} })).toThrow('too old resource version: 1 (2)');
    expect(() => second.list(all, { revision: 1, exact: true })).toThrow('too old');
    const events: string[] = [];
    second.watch(all, { since: 2, onEvent: ({ type }) => events.push(type) });
    await write(second, key);
    expect(events).toEqual(['MODIFIED']);
  });

  it('may have any name and any key', async () => {
    const file = path.join(aFolder(), 'store.db');
    const first = await aStore({ file });
    const odd = { resource: '__proto__', namespace: '__proto__', name: '__proto__' };
    const object = JSON.parse(
      '{"metadata":{"labels":{"__proto__":"x","constructor":"y"},"__proto__":{"a":1}},"__proto__":{"polluted":true}}',
    );
    await first.put(odd, object, undefined);
    await first.put({ ...odd, name: "'; DROP TABLE objects; --" }, {}, undefined);
    await first.close();

    const second = await aStore({ file });
    const stored = second.get(odd);
    expect(stored?.json).toBe(
      '{"metadata":{"labels":{"__proto__":"x","constructor":"y"},"__proto__":{"a":1},"resourceVersion":"1"},"__proto__":{"polluted":true}}',
    );
    expect(Object.entries(stored?.labels ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(second.list({ resource: '__proto__', namespace: '__proto__' }).items).toHaveLength(2);
    expect('polluted' in {}).toBe(false);
  });

  it('may be as large as Kubernetes takes, and many of them', async () => {
    const store = await aStore({ history: 10 });
    const text = 'é'.repeat(1024 * 1024);
    for (let round = 0; round < 40; round++) await write(store, key, { text, round });
    expect(store.get(key)?.object().data).toEqual({ text, round: 39 });
  });

  it('is parsed once while it is in use', async () => {
    const store = await aStore();
    const stored = await write(store, key);
    expect(stored.object()).toBe(stored.object());
  });
});
