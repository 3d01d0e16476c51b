import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readFolder } from '../../../src/process/policies/folder.ts';
import { PolicyFolder, type ReloadListener } from '../../../src/process/policies/store.ts';
import { BAD, empty, emptyFolder, type Files, folderWith, mount, policy, write } from './mount.ts';

jest.setTimeout(60_000);

const open: PolicyFolder[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

interface Told {
  readonly accepted: { readonly hash: string; readonly gone: readonly string[] }[];
  readonly refused: (readonly string[])[];
}

async function opened(folder: string, watch = { debounce: 10, poll: 60_000 }): Promise<PolicyFolder & { told: Told }> {
  const told: Told = { accepted: [], refused: [] };
  const listener: ReloadListener = {
    accepted: (hash, gone) => told.accepted.push({ hash, gone }),
    refused: (errors) => told.refused.push(errors),
  };
  const store = await PolicyFolder.open({ folder, shownAs: 'policies', listener, watch });
  open.push(store);
  return Object.assign(store, { told });
}

function boundOf(store: PolicyFolder, environment = 'prod'): number | undefined {
  return store.policyFor(environment)?.autoscaling?.maxScale?.max;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('a policy folder at the start', () => {
  it('gives its environments and a hash', async () => {
    const store = await opened(folderWith({ 'prod.yaml': policy('prod'), 'dev.yml': policy('dev'), 'notes.txt': 'x' }));
    expect(store.environments()).toEqual(['dev', 'prod']);
    expect(store.hash()).toMatch(/^[0-9a-f]{12}$/);
    expect(boundOf(store)).toBe(10);
    for (const name of ['base', '__proto__', 'constructor', '']) expect(store.policyFor(name)).toBeUndefined();
  });

  it.each<[what: string, folder: () => string, message: RegExp]>([
    [
      'a mistake',
      () => folderWith({ 'prod.yaml': BAD }),
      /^the policies cannot be used\n {2}policies\/prod.yaml:4:8: unknown field "autoscalling"; did you mean "autoscaling"\?/,
    ],
    ['no policy', () => emptyFolder(), /there is no policy in this folder/],
    [
      'no folder',
      () => path.join(emptyFolder(), 'nowhere'),
      /policies: the policy folder cannot be read: there is none/,
    ],
    ['a file', () => path.join(folderWith({ a: '' }), 'a'), /it is a file/],
    [
      'none but abstract ones',
      () => folderWith({ 'base.yaml': policy('base').replace('spec:', 'spec:\n  abstract: true') }),
      /all of them are abstract/,
    ],
  ])('with %s is refused with a sentence', async (_, folder, message) => {
    await expect(opened(folder())).rejects.toMatchObject({
      name: 'StartFailure',
      message: expect.stringMatching(message),
    });
  });
});

describe('the hash', () => {
  const files = { 'prod.yaml': policy('prod'), 'dev.yaml': policy('dev') };
  const hashOf = async (given: Files) => (await opened(folderWith(given))).hash();

  it('is the same for the same files wherever they stand, and another for any other', async () => {
    const hash = await hashOf(files);
    expect(await hashOf({ ...files, 'README.md': 'not a policy' })).toBe(hash);
    // as the mounted ConfigMap has no kustomization
    expect(await hashOf({ ...files, 'kustomization.yaml': 'kind: Kustomization' })).toBe(hash);
    const others: Files[] = [
      { ...files, 'prod.yaml': `${policy('prod')}\n` },
      { 'prod.yaml': policy('prod') },
      { 'prod.yml': policy('prod'), 'dev.yaml': policy('dev') },
    ];
    for (const other of others) expect(await hashOf(other)).not.toBe(hash);
  });
});

describe('a change', () => {
  it('of a file is taken over', async () => {
    const folder = folderWith({ 'prod.yaml': policy('prod', 10) });
    const store = await opened(folder);
    store.watch();
    const before = store.hash();
    write(folder, { 'prod.yaml': policy('prod', 20), 'dev.yaml': policy('dev') });
    await until(() => boundOf(store) === 20 && store.environments().length === 2, 'the new policy holds');
    expect(store.hash()).not.toBe(before);
    expect(store.told.refused).toEqual([]);
  });

  it('of a mounted ConfigMap is taken over, all of its files at once', async () => {
    const folder = emptyFolder();
    mount(folder, { 'prod.yaml': policy('prod', 1), 'dev.yaml': policy('dev', 1) });
    const store = await opened(folder);
    store.watch();
    for (let bound = 2; bound <= 6; bound++) {
      mount(folder, { 'prod.yaml': policy('prod', bound), 'dev.yaml': policy('dev', bound) });
      await until(() => boundOf(store) === bound, `${bound} holds`);
      expect(boundOf(store, 'dev')).toBe(bound);
    }
    expect(store.told.refused).toEqual([]);
  });

  it('that nothing tells about is found by looking', async () => {
    const folder = folderWith({ 'prod.yaml': policy('prod', 10) });
    const store = await opened(folder, { debounce: 10_000, poll: 50 });
    store.watch();
    write(folder, { 'prod.yaml': policy('prod', 30) });
    await until(() => boundOf(store) === 30, 'the poll saw it');
  });

  it('of the whole folder is found, and so is what changes in the new one', async () => {
    const parent = emptyFolder();
    const folder = path.join(parent, 'policies');
    mkdirSync(folder);
    write(folder, { 'prod.yaml': policy('prod', 10) });
    const store = await opened(folder, { debounce: 10, poll: 100 });
    store.watch();
    renameSync(folder, path.join(parent, 'old'));
    mkdirSync(folder);
    write(folder, { 'prod.yaml': policy('prod', 40) });
    await until(() => boundOf(store) === 40, 'the new folder holds');
    write(folder, { 'prod.yaml': policy('prod', 50) });
    await until(() => boundOf(store) === 50, 'its change holds');
  });

  it('that takes an environment away says so', async () => {
    const folder = folderWith({ 'prod.yaml': policy('prod'), 'dev.yaml': policy('dev') });
    const store = await opened(folder);
    empty(folder, 'dev.yaml');
    await store.reload();
    expect(store.told.accepted).toEqual([{ hash: store.hash(), gone: ['dev'] }]);
    expect(store.policyFor('dev')).toBeUndefined();
  });

  it('that is none is not told', async () => {
    const store = await opened(folderWith({ 'prod.yaml': policy('prod') }));
    await store.reload();
    expect(store.told).toEqual({ accepted: [], refused: [] });
  });
});

describe('a folder that cannot be used any more', () => {
  it.each<[what: string, spoil: (folder: string) => void, message: RegExp]>([
    [
      'a mistake in one file',
      (folder) => write(folder, { 'dev.yaml': BAD.replace('prod', 'dev') }),
      /dev\.yaml:4:8: unknown field/,
    ],
    ['no file left', (folder) => empty(folder, 'prod.yaml', 'dev.yaml'), /there is no policy in this folder/],
    [
      'no folder left',
      (folder) => rmSync(folder, { recursive: true }),
      /the policy folder cannot be read: there is none/,
    ],
    ['half of a file', (folder) => write(folder, { 'prod.yaml': policy('prod').slice(0, 60) }), /prod\.yaml/],
    ['a file of 2 MB', (folder) => writeFileSync(path.join(folder, 'x.yaml'), ' '.repeat(2_000_000)), /x\.yaml/],
    ['a name twice', (folder) => write(folder, { 'x.yaml': policy('prod') }), /called "prod" already/],
  ])('%s: the last good policies stay, and it is told once', async (_, spoil, message) => {
    const folder = folderWith({ 'prod.yaml': policy('prod', 10), 'dev.yaml': policy('dev', 5) });
    const store = await opened(folder);
    const hash = store.hash();
    spoil(folder);
    await store.reload();
    await store.reload();
    expect([boundOf(store), boundOf(store, 'dev'), store.hash()]).toEqual([10, 5, hash]);
    expect(store.told).toEqual({ accepted: [], refused: [[expect.stringMatching(message)]] });
  });

  it('is told again for each new mistake, and well again when the old files come back', async () => {
    const files = { 'prod.yaml': policy('prod', 10) };
    const folder = folderWith(files);
    const store = await opened(folder);
    for (const text of [BAD, `${BAD}\n`]) {
      write(folder, { 'prod.yaml': text });
      await store.reload();
    }
    expect(store.told.refused.length).toBe(2);
    write(folder, files);
    await store.reload();
    await store.reload();
    expect(store.told.accepted).toEqual([{ hash: store.hash(), gone: [] }]);
  });

  it("that changes while it is read is read again: half of one state and half of another is nobody's policy", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `e${index}`);
    const files = (bound: number) => Object.fromEntries(names.map((name) => [`${name}.yaml`, policy(name, bound)]));
    const folder = emptyFolder();
    mount(folder, files(1));
    for (let bound = 2; bound < 7; bound++) {
      const reading = readFolder(folder, 'policies');
      await new Promise((resolve) => setTimeout(resolve, bound));
      mount(folder, files(bound));
      const { policies } = await reading;
      const bounds = [...policies.values()].map(({ autoscaling }) => autoscaling?.maxScale?.max);
      expect(new Set(bounds).size).toBe(1);
      expect(bounds.length).toBe(names.length);
    }
  });

  it('never leaves a moment without policies, nor with half of a change', async () => {
    const folder = emptyFolder();
    mount(folder, { 'prod.yaml': policy('prod', 1), 'dev.yaml': policy('dev', 1) });
    const store = await opened(folder, { debounce: 1, poll: 20 });
    store.watch();
    const seen = new Set<string>();
    for (let round = 2; round < 60; round++) {
      const files = round % 3 === 0 ? {} : { 'prod.yaml': policy('prod', round), 'dev.yaml': policy('dev', round) };
      mount(folder, files);
      for (let look = 0; look < 5; look++) {
        seen.add(`${boundOf(store)} ${boundOf(store, 'dev')}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    await until(() => boundOf(store) === 59, 'the last are taken');
    seen.add(`${boundOf(store)} ${boundOf(store, 'dev')}`);
    for (const pair of seen) expect(pair.split(' ')[0]).toBe(pair.split(' ')[1]);
    expect([...seen].some((pair) => pair.includes('undefined'))).toBe(false);
    expect(seen.size).toBeGreaterThan(1);
  });
});
