import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../../../src/platform/apiserver/status/failure.ts';
import type { ListOptions, Page, Store } from '../../../../src/platform/apiserver/store/store.ts';
import { aStore, at, erase, names, write } from './stores.ts';

const all = { resource: 'configmaps', namespace: '' };
const shop = { resource: 'configmaps', namespace: 'shop' };

/** a/2, a-b/1, shop/{a,b,c,d,e}, shopx/1: written in another order. */
async function filled(): Promise<Store> {
  const store = await aStore();
  for (const each of ['shop/e', 'shopx/1', 'shop/b', 'a/2', 'shop/a', 'a-b/1', 'shop/d', 'shop/c']) {
    await write(store, at(each), {}, { vowel: /[ae]$/.test(each) ? 'yes' : 'no' });
  }
  await write(store, at('shop/other', 'secrets'));
  return store;
}

function token(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function read(page: Page): unknown {
  return JSON.parse(Buffer.from(page.continue ?? '', 'base64url').toString());
}

describe('a list', () => {
  it('is in the order of namespace and name as one path, as in etcd', async () => {
    const store = await filled();
    expect(names(store.list(all).items)).toEqual([
      'a-b/1', 'a/2', 'shop/a', 'shop/b', 'shop/c', 'shop/d', 'shop/e', 'shopx/1',
    ]); // biome-ignore format: one line
    expect(names(store.list(shop).items)).toEqual(['shop/a', 'shop/b', 'shop/c', 'shop/d', 'shop/e']);
    expect(names(store.list({ ...all, namespace: 'a' }).items)).toEqual(['a/2']);
    expect(store.list({ ...all, namespace: 'none' })).toEqual({ items: [], revision: 9 });
    expect(store.list({ ...all, resource: 'none' })).toEqual({ items: [], revision: 9 });
  });

  it('without namespaces is in the order of names', async () => {
    const store = await aStore();
    for (const name of ['z', 'a:b', 'a']) await write(store, { resource: 'nodes', namespace: '', name });
    expect(store.list({ resource: 'nodes', namespace: '' }).items.map(({ key }) => key.name)).toEqual([
      'a',
      'a:b',
      'z',
    ]);
  });

  it('comes in pages, with how many are left', async () => {
    const store = await filled();
    const first = store.list(shop, { limit: 2 });
    expect([names(first.items), first.revision, first.remaining]).toEqual([['shop/a', 'shop/b'], 9, 3]);
    expect(read(first)).toEqual({ v: 'meta.k8s.io/v1', rv: 9, start: 'b\0' });
    const second = store.list(shop, { limit: 2, continue: first.continue ?? '' });
    expect([names(second.items), second.remaining]).toEqual([['shop/c', 'shop/d'], 1]);
    const third = store.list(shop, { limit: 2, continue: second.continue ?? '' });
    expect(third).toEqual({ items: [store.get(at('e'))], revision: 9 });
    expect(store.list(shop, { limit: 5 }).continue).toBeUndefined();
    expect(read(store.list(all, { limit: 3 }))).toEqual({ v: 'meta.k8s.io/v1', rv: 9, start: 'shop/a\0' });
  });

  it('of a selection says not how many are left, and the last page may be empty', async () => {
    const store = await filled();
    const vowels = {
      ...shop,
      matches: ({ labels }: { labels: Readonly<Record<string, string>> }) => labels.vowel === 'yes',
    };
    const first = store.list(vowels, { limit: 1 });
    expect([names(first.items), first.remaining]).toEqual([['shop/a'], undefined]);
    const second = store.list(vowels, { limit: 1, continue: first.continue ?? '' });
    expect([names(second.items), second.continue]).toEqual([['shop/e'], undefined]);
    const consonants = { ...shop, matches: ({ key }: { key: { name: string } }) => key.name === 'd' };
    const third = store.list(consonants, { limit: 1 });
    expect(names(third.items)).toEqual(['shop/d']);
    expect(store.list(consonants, { limit: 1, continue: third.continue ?? '' })).toEqual({ items: [], revision: 9 });
  });

  it('shows on every page the state of the first', async () => {
    const store = await filled();
    const first = store.list(shop, { limit: 2 });
    await erase(store, at('a'));
    await erase(store, at('c'));
    await write(store, at('d'), { changed: 'yes' });
    await write(store, at('d'), { changed: 'again' });
    await write(store, at('bb'));
    await write(store, at('x'));
    await erase(store, at('x'));
    await write(store, at('c'), { again: 'yes' });
    const rest = store.list(shop, { continue: first.continue ?? '' });
    expect(rest.items.map(({ key, revision }) => `${key.name} ${revision}`)).toEqual(['c 8', 'd 7', 'e 1']);
    expect(rest.revision).toBe(9);
    expect(store.list(shop, { revision: 9, exact: true }).items).toHaveLength(5);
    expect(names(store.list(shop).items)).toEqual(['shop/b', 'shop/bb', 'shop/c', 'shop/d', 'shop/e']);
  });

  it('of a state that is no longer known is gone, and says how to go on', async () => {
    const store = await aStore({ history: 2 });
    for (const name of ['a', 'b', 'c']) await write(store, at(name));
    const first = store.list(shop, { limit: 1 });
    await write(store, at('b'), { changed: 'yes' });
    expect(store.list(shop, { continue: first.continue ?? '' }).items.map(({ revision }) => revision)).toEqual([2, 3]);
    await write(store, at('a'));
    await write(store, at('d'));

    const failure = failing(store, { continue: first.continue ?? '' });
    expect(failure).toMatchObject({ code: 410, reason: 'Expired' });
    expect(failure.message).toMatch(/^The provided continue parameter is too old .* now may show up in the list\.$/);
    expect(failure.toStatus().metadata).toEqual({ continue: failure.continue });
    const rest = store.list(shop, { continue: failure.continue ?? '', limit: 2 });
    expect([names(rest.items), rest.revision]).toEqual([['shop/b', 'shop/c'], 6]);
    expect(read(rest)).toEqual({ v: 'meta.k8s.io/v1', rv: 6, start: 'c\0' });

    expect(failing(store, { revision: 3, exact: true })).toMatchObject({
      code: 410,
      message: 'The resourceVersion for the provided list is too old.',
    });
  });

  it('takes the state of today where an older one will do', async () => {
    const store = await filled();
    expect(store.list(all, { revision: 1 })).toMatchObject({ revision: 9 });
    expect(store.list(all, { revision: 0, exact: true })).toMatchObject({ revision: 9 });
    expect(store.list(all, { revision: 9, exact: true }).items).toHaveLength(8);
  });

  const refused: readonly (readonly [ListOptions, number, string])[] = [
    [{ revision: 12 }, 504, 'Timeout: Too large resource version: 12, current: 9'],
    [{ revision: 12, exact: true }, 504, 'Timeout: Too large resource version: 12, current: 9'],
    [
      { continue: token({ v: 'meta.k8s.io/v1', rv: 12, start: 'a' }) },
      504,
      'Timeout: Too large resource version: 12, current: 9',
    ],
    [
      { continue: 'aGk%' },
      400,
      'invalid continue token: continue key is not valid: illegal base64 data at input byte 3',
    ],
    [
      { continue: 'aGk' },
      400,
      "invalid continue token: continue key is not valid: invalid character 'h' looking for beginning of value",
    ],
    [{ continue: token([]) }, 400, 'invalid continue token: continue key is not valid: it holds no JSON object'],
    [
      { continue: token({ v: 'v2', rv: 1, start: 'a' }) },
      400,
      'invalid continue token: continue key is not valid: server does not recognize this encoded version v2',
    ],
    [
      { continue: token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }) },
      400,
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
    ],
    [
      { continue: token({ v: 'meta.k8s.io/v1', rv: 1 }) },
      400,
      'invalid continue token: continue key is not valid: encoded start key empty (version meta.k8s.io/v1)',
    ],
    [
      { continue: token({ v: 'meta.k8s.io/v1', rv: 1, start: '../secrets' }) },
      400,
      'invalid continue token: continue key is not valid: ../secrets',
    ],
  ];
  it.each(refused)('refuses %j', async (options, code, message) => {
    expect(failing(await filled(), options)).toMatchObject({ code, message });
  });
});

function failing(store: Store, options: ListOptions): Failure {
  try {
    store.list(shop, options);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('the list was given');
}
