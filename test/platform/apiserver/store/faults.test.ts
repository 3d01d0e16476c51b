import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { StoreError } from '../../../../src/platform/database/storeError.ts';
import { aFolder, anObject, aStore, at, erase, names, told, write } from './stores.ts';

const all = { resource: 'configmaps', namespace: '' };

async function refusal(file: string): Promise<string> {
  try {
    await aStore({ file });
  } catch (error) {
    if (error instanceof StoreError) return error.message.replaceAll(path.dirname(file), '.');
    throw error;
  }
  return 'opened';
}

/** A store on disk with twenty objects. */
async function aFile(): Promise<string> {
  const file = path.join(aFolder(), 'store.db');
  const store = await aStore({ file });
  for (let index = 0; index < 20; index++) await write(store, at(`c-${index}`), { text: 'x'.repeat(1000) });
  await store.close();
  return file;
}

describe('a store that cannot be opened', () => {
  it('in a place that is no folder', async () => {
    const folder = aFolder();
    writeFileSync(path.join(folder, 'file'), '');
    const file = path.join(folder, 'file', 'store.db');
    await expect(refusal(file)).resolves.toMatch(
      /^the store .\/store.db cannot be written \((EEXIST|ENOTDIR): .*\); give a folder that may be written$/,
    );
  });

  // The superuser may write anywhere.
  (process.getuid?.() === 0 ? it.skip : it)('in a folder that is read-only', async () => {
    const folder = path.join(aFolder(), 'closed');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    await expect(refusal(path.join(folder, 'store.db'))).resolves.toMatch(/cannot be written \(EACCES/);
  });

  it('with the file of another program', async () => {
    const file = path.join(aFolder(), 'store.db');
    const database = new DatabaseSync(file);
    database.exec('CREATE TABLE photos (id INTEGER)');
    database.close();
    await expect(refusal(file)).resolves.toBe(
      './store.db is a database of another program; give the store a file of its own',
    );
  });

  it('with a file that is no database', async () => {
    const file = path.join(aFolder(), 'store.db');
    writeFileSync(file, 'apiVersion: v1\nkind: Secret\n'.repeat(100));
    await expect(refusal(file)).resolves.toBe(
      'the store ./store.db is damaged (file is not a database). Move it and the files beside it away to begin anew, or bring back a copy',
    );
    expect(readFileSync(file, 'utf8')).toMatch(/^apiVersion/);
  });

  it('with a file of a newer format', async () => {
    const file = await aFile();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 7');
    database.close();
    await expect(refusal(file)).resolves.toBe(
      './store.db was written by a newer Weir (format 7, and this version reads up to 1); start that one, or give another folder',
    );
  });

  it('with a page that is overwritten', async () => {
    const file = await aFile();
    writeSync(openSync(file, 'r+'), Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * 3);
    await expect(refusal(file)).resolves.toMatch(/^the store .\/store.db is damaged \(.+\)\. Move it/s);
  });

  it('with a file that is cut off', async () => {
    const file = await aFile();
    writeFileSync(file, readFileSync(file).subarray(0, statSync(file).size / 2));
    await expect(refusal(file)).resolves.toMatch(/^the store .\/store.db is damaged \(.+\)\. Move it/s);
  });

  it('with a list of free pages that cannot be', async () => {
    const file = await aFile();
    writeSync(openSync(file, 'r+'), Buffer.from([0, 0, 0, 9]), 0, 4, 36); // sqlite.org/fileformat2.html
    await expect(refusal(file)).resolves.toMatch(/damaged \(Freelist: .*\)\. Move it/s);
  });

  it('with a row that is no object', async () => {
    const file = await aFile();
    const database = new DatabaseSync(file);
    database.exec("UPDATE objects SET labels = '{' WHERE name = 'c-3'");
    database.close();
    await expect(refusal(file)).resolves.toMatch(/damaged \(the row of configmaps shop\/c-3 holds no object\)/);
  });

  it('a second time in this process', async () => {
    const file = path.join(aFolder(), 'store.db');
    const store = await aStore({ file });
    await expect(refusal(file)).resolves.toBe(
      `another process, ${process.pid}, has the store ./store.db open; stop it first, or give another folder`,
    );
    await write(store, at('a'));
    await store.close();
    await expect(refusal(file)).resolves.toBe('opened');
  });

  it('while another process has it, until that is dead', async () => {
    const file = path.join(aFolder(), 'store.db');
    const writer = spawn(
      process.execPath,
      ['--no-warnings', path.resolve('test/platform/apiserver/store/writer.ts'), file],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const ended = new Promise((resolve) => writer.on('close', resolve));
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      const sentence = `another process, ${writer.pid}, has the store ./store.db open; stop it first, or give another folder`;
      await expect(refusal(file)).resolves.toBe(sentence);
    } finally {
      writer.kill('SIGKILL');
      await ended;
    }
    await expect(refusal(file)).resolves.toBe('opened');
  }, 60_000);
});

describe('a disk that is full', () => {
  it('refuses the write, keeps what was, and goes on when there is room', async () => {
    const file = path.join(aFolder(), 'store.db');
    const store = await aStore({ file, maxBytes: 400_000 });
    const log: string[] = [];
    store.watch(all, { onEvent: (event) => log.push(told(event)) });
    const text = 'x'.repeat(100_000);
    for (const name of ['a', 'b', 'c']) await write(store, at(name), { text });

    const results = await Promise.allSettled([
      store.put(at('small'), anObject(at('small')), undefined),
      store.put(at('d'), anObject(at('d'), { text }), undefined),
      store.put(at('a'), anObject(at('a'), { text: `${text}${text}` }), 1),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          code: 500,
          reason: 'InternalError',
          message: `Internal error occurred: the disk is full, or ${file} has grown as large as it may: nothing was written; make room and try again`,
        },
      });
    }
    expect([store.revision, names(store.list(all).items)]).toEqual([3, ['shop/a', 'shop/b', 'shop/c']]);
    expect(store.get(at('a'))?.revision).toBe(1);

    await erase(store, at('b'));
    await write(store, at('d'), { text });
    expect(log).toEqual(['ADDED a 1', 'ADDED b 2', 'ADDED c 3', 'DELETED b 4', 'ADDED d 5']);
    await store.close();
    expect(names((await aStore({ file })).list(all).items)).toEqual(['shop/a', 'shop/c', 'shop/d']);
  });
});

describe('a write that SQLite refuses', () => {
  it('takes those of its turn with it, and nothing else', async () => {
    const file = await aFile();
    const database = new DatabaseSync(file);
    database.exec(
      "CREATE TRIGGER t BEFORE INSERT ON objects WHEN new.name = 'bad' BEGIN SELECT RAISE(ABORT, 'never'); END",
    );
    database.close();
    const store = await aStore({ file });
    const results = await Promise.allSettled([write(store, at('good')), write(store, at('bad'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(write(store, at('bad'))).rejects.toThrow(
      `Internal error occurred: ${file} could not be written (never): nothing was written`,
    );
    expect([store.revision, store.get(at('good'))]).toEqual([20, undefined]);
    expect((await write(store, at('good'))).revision).toBe(21);
    await store.close();
    expect((await aStore({ file })).list(all).items).toHaveLength(21);
  });
});

describe('the files', () => {
  it('are for their owner alone, and a clean end leaves one of them', async () => {
    const file = path.join(aFolder(), 'state', 'store.db');
    const store = await aStore({ file });
    await write(store, at('a'));
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['store.db', 'store.db-wal', 'store.db.lock']);
    for (const each of readdirSync(path.dirname(file))) {
      expect(statSync(path.join(path.dirname(file), each)).mode & 0o077).toBe(0);
    }
    expect(statSync(path.dirname(file)).mode & 0o077).toBe(0);
    await store.close();
    expect(readdirSync(path.dirname(file))).toEqual(['store.db']);
  });
});
