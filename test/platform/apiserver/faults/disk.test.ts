/** What is wrong with the folder is one sentence; a disk that fills up refuses writes and nothing else. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { startApiServer } from '../../../../src/platform/apiserver/start.ts';
import { newFolder } from '../servers.ts';
import { aProcess, DidNotStart, type ServerProcess } from './process.ts';

jest.setTimeout(120_000);

const MAPS = '/api/v1/namespaces/default/configmaps';
const folders: string[] = [];
/** Of a server that has been, with one object. */
let kept = '';

beforeAll(async () => {
  kept = aFolder();
  const server = await startApiServer({ folder: path.join(kept, 'apiserver') });
  await server.close();
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function aFolder(): string {
  const folder = newFolder();
  folders.push(folder);
  return folder;
}

interface Fault {
  readonly what: string;
  /** Does it to the API server's folder. */
  readonly harm: (folder: string) => void;
  readonly sentence: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    what: 'a store that is no database',
    harm: (folder) => writeFileSync(path.join(folder, 'store.db'), 'no database, but text\n'.repeat(500)),
    sentence: /^the store \S+store\.db is damaged \(file is not a database\)\. Move it .* away to begin anew/,
  },
  {
    what: 'a store that is cut off',
    harm: (folder) => truncateSync(path.join(folder, 'store.db'), 20_000),
    sentence: /^the store \S+store\.db is damaged \(.+\)\. Move it/s,
  },
  {
    what: 'a store that holds what is no JSON',
    harm: (folder) => change(folder, "UPDATE objects SET json = '{' WHERE resource = 'namespaces'"),
    sentence: /^the store \S+store\.db is damaged \(.+\)\. Move it/s,
  },
  {
    what: 'a store of a newer Weir',
    harm: (folder) => change(folder, 'PRAGMA user_version = 9'),
    sentence: /^\S+store\.db was written by a newer Weir \(format 9, .*\); start that one, or give another folder$/,
  },
  {
    what: 'a folder in the place of the store',
    harm: (folder) => {
      for (const end of ['', '-wal', '-shm']) rmSync(path.join(folder, `store.db${end}`), { force: true });
      mkdirSync(path.join(folder, 'store.db'));
    },
    sentence: /^the store \S+store\.db cannot be written \(EISDIR/,
  },
  {
    what: 'a token that is none',
    harm: (folder) => writeFileSync(path.join(folder, 'administrator.token'), 'secret\n'),
    sentence: /^\S+administrator\.token holds no token of 64 hexadecimal digits; delete it, and a new one is made$/,
  },
  {
    what: 'an empty token',
    harm: (folder) => writeFileSync(path.join(folder, 'administrator.token'), ''),
    sentence: /^\S+administrator\.token holds no token of 64 hexadecimal digits; delete it/,
  },
  {
    what: 'a key that is none',
    harm: (folder) => writeFileSync(path.join(folder, 'serviceaccounts.key'), '-----BEGIN PRIVATE KEY-----\nx\n'),
    sentence: /^\S+serviceaccounts\.key holds no private key on the curve P-256; delete it/,
  },
  {
    what: 'a folder in the place of the certificate',
    harm: (folder) => {
      rmSync(path.join(folder, 'pki/server.crt'));
      mkdirSync(path.join(folder, 'pki/server.crt'));
    },
    sentence: /^\S+server\.crt cannot be read \(EISDIR\); let the user who runs this read it$/,
  },
];

function change(folder: string, statement: string): void {
  const database = new DatabaseSync(path.join(folder, 'store.db'));
  database.exec(statement);
  database.close();
}

/** A copy of what a server has left, harmed. */
function harmed({ harm }: Fault): string {
  const folder = aFolder();
  execFileSync('cp', ['-r', path.join(kept, 'apiserver'), folder]);
  harm(path.join(folder, 'apiserver'));
  return folder;
}

async function refusal(folder: string): Promise<string> {
  try {
    const server = await startApiServer({ folder });
    await server.close();
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  return 'it started';
}

describe('a folder that is harmed', () => {
  it.each(FAULTS)('with $what: one sentence, and nothing is touched', async (fault) => {
    const folder = path.join(harmed(fault), 'apiserver');
    const sentence = await refusal(folder);
    expect(sentence).toMatch(fault.sentence);
    expect(sentence).not.toMatch(/\n.*\n| at \S+ \(|secret/);
    expect(await refusal(folder)).toBe(sentence);
  });

  it.each(['ca.crt', 'ca.key', 'server.crt', 'server.key'])('with %s damaged: it is made anew', async (file) => {
    const fault = {
      what: '',
      harm: (folder: string) => writeFileSync(path.join(folder, 'pki', file), 'x'),
      sentence: /^/,
    };
    const folder = path.join(harmed(fault), 'apiserver');
    expect(await refusal(folder)).toBe('it started');
    expect(readFileSync(path.join(folder, 'pki', file), 'utf8')).toMatch(/^-----BEGIN/);
  });
});

const bin = path.resolve('bin/weir.js');
const isBuilt = existsSync('dist/weir.js');

describe(isBuilt ? 'weir up' : 'weir up (skipped: not built; run npm run build)', () => {
  const itBuilt = isBuilt ? it : it.skip;
  const weirUp = (folder: string) =>
    spawnSync(process.execPath, [bin, 'up', '--port', '0', '--folder', folder], { encoding: 'utf8', timeout: 100_000 });

  itBuilt.each(FAULTS.filter(({ what }) => /no database|newer|token that/.test(what)))(
    'says of $what the same sentence, and ends with 2',
    (fault) => {
      const { status, stdout, stderr } = weirUp(harmed(fault));
      expect([status, stdout]).toEqual([2, '']);
      const [line = '', ...more] = stderr
        .trim()
        .replace(/^weir: |^error: /, '')
        .split('\n');
      expect(line).toMatch(fault.sentence);
      expect(more).toEqual([]);
    },
  );

  itBuilt('says that a folder cannot be one', () => {
    const file = path.join(aFolder(), 'file');
    writeFileSync(file, '');
    const { status, stderr } = weirUp(path.join(file, 'state'));
    expect(status).toBe(2);
    expect(stderr.trim()).toMatch(
      /cannot hold the platform's state: a part of the path is not a folder; choose another by --folder$/,
    );
  });
});

/** A file system of this process's own, in memory; only some systems let it. */
const mounts = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
const describeMounted = mounts ? describe : describe.skip;

function mounted(folder: string, then = ''): readonly string[] {
  const copied = `cp -r "${kept}/apiserver" "${folder}/apiserver"`;
  const script = `mount -t tmpfs -o size=3m none "${folder}" && ${copied} ${then} && exec "$@"`;
  return ['unshare', '-rm', 'sh', '-c', script, 'sh'];
}

describeMounted(mounts ? 'a disk' : 'a disk (skipped: nothing may be mounted here)', () => {
  it('that is read-only is said in a sentence', async () => {
    const folder = aFolder();
    const starting = aProcess({ folder: `${folder}/apiserver` }, mounted(folder, `&& mount -o remount,ro "${folder}"`));
    await expect(starting).rejects.toThrow(DidNotStart);
    await expect(starting).rejects.toThrow(
      /^the store \S+store\.db cannot be written \(EROFS: [^\n]*\); give a folder that may be written$/,
    );
  });

  it('that is full from the beginning is said in a sentence', async () => {
    const folder = aFolder();
    const fill = `; mkdir "${folder}/new"; cat /dev/zero > "${folder}/ballast" 2> /dev/null; true`;
    const starting = aProcess({ folder: `${folder}/new` }, mounted(folder, fill));
    await expect(starting).rejects.toThrow(DidNotStart);
    await expect(starting).rejects.toThrow(/^the disk that holds \S+store\.db is full; make room and start again$/);
  });

  it('that fills up refuses writes, is read on, and takes writes again when there is room', async () => {
    const folder = aFolder();
    const server = await aProcess({ folder: `${folder}/apiserver` }, mounted(folder));
    const ballast = `${folder}/ballast`;
    const text = 'x'.repeat(50_000);
    const create = (name: string) => server.send('POST', MAPS, { body: { metadata: { name }, data: { text } } });
    expect((await create('before')).code).toBe(201);

    await server.ask(`fill ${ballast}`);
    const refused = await untilRefused(create);
    expect(refused.body).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'InternalError', code: 500 });
    expect(String(refused.body.message)).toMatch(/the disk is full, .*: nothing was written; make room and try again$/);
    expect((await server.send('GET', `${MAPS}/before`)).code).toBe(200);
    expect((await server.send('GET', '/readyz')).text).toBe('ok');

    await server.ask(`remove ${ballast}`);
    expect((await create('after')).code).toBe(201);
    expect(await names(server)).toEqual(expect.arrayContaining(['before', 'after']));
    expect(await server.close()).toBe(0);
  });
});

/** What is kept free in the file itself is used up first. */
async function untilRefused(create: (name: string) => ReturnType<ServerProcess['send']>) {
  for (let index = 0; index < 200; index++) {
    const answer = await create(`filling-${index}`);
    if (answer.code !== 201) return answer;
  }
  throw new Error('the disk never was full');
}

async function names(server: ServerProcess): Promise<unknown[]> {
  const { body } = await server.send('GET', MAPS);
  const items = body.items as { metadata: { name: string } }[];
  return items.map(({ metadata }) => metadata.name);
}

const isSuperuser = process.getuid?.() === 0;
(isSuperuser ? it.skip : it)('a folder that may not be written is said in a sentence', async () => {
  const folder = aFolder();
  chmodSync(folder, 0o500);
  expect(await refusal(path.join(folder, 'apiserver'))).toMatch(/cannot be written \(EACCES.*\); give a folder/);
});
