import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type FolderOptions,
  LOOPBACK,
  renewDaily,
  type ServerCertificate,
  serverCertificateIn,
} from '../../src/tls/folder.ts';
import type { KeyPair } from '../../src/tls/x509.ts';
import { DAY, NAME } from './builders.ts';
import { keysFromStock } from './keys.ts';

let folder = '';
let now = new Date();
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'weir-tls-')), 'pki');
  now = new Date();
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

function options(changes: Partial<FolderOptions> = {}): FolderOptions {
  const clock = { now: () => now, after: () => () => {} };
  const makeKeys = async (): Promise<KeyPair> => keysFromStock();
  return { folder, authority: NAME, served: LOOPBACK, clock, makeKeys, ...changes };
}

function later(days: number): void {
  now = new Date(now.getTime() + days * DAY);
}

describe('a folder of certificates', () => {
  it('is made for its owner alone', async () => {
    const { made, authority, key } = await serverCertificateIn(options());
    expect(made).toBe('authority');
    expect(readdirSync(folder).sort()).toEqual(['ca.crt', 'ca.key', 'server.crt', 'server.key']);
    for (const file of readdirSync(folder)) expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(path.join(folder, 'ca.crt'), 'utf8')).toBe(authority);
    expect(readFileSync(path.join(folder, 'server.key'), 'utf8')).toBe(key);
  });

  it('stays as it is', async () => {
    const first = await serverCertificateIn(options());
    expect(await serverCertificateIn(options())).toEqual({ ...first, made: 'nothing' });
  });

  it('has a new certificate when two thirds of its life are over, and a new CA as late', async () => {
    const first = await serverCertificateIn(options());
    later(240);
    expect((await serverCertificateIn(options())).made).toBe('nothing');
    later(5);
    const second = await serverCertificateIn(options());
    expect(second).toMatchObject({ made: 'certificate', authority: first.authority });
    expect(second.certificate).not.toBe(first.certificate);
    later(2200);
    const third = await serverCertificateIn(options());
    expect(third.made).toBe('authority');
    expect(third.authority).not.toBe(first.authority);
  });

  it.each([
    ['ca.crt', 'authority'],
    ['ca.key', 'authority'],
    ['server.crt', 'certificate'],
    ['server.key', 'certificate'],
  ])('with a broken or a missing %s has a new %s', async (file, made) => {
    await serverCertificateIn(options());
    writeFileSync(path.join(folder, file), '-----BEGIN NOTHING-----');
    expect((await serverCertificateIn(options())).made).toBe(made);
    rmSync(path.join(folder, file));
    expect((await serverCertificateIn(options())).made).toBe(made);
    expect((await serverCertificateIn(options())).made).toBe('nothing');
  });

  it('has a new certificate when it is called something else, or by another CA', async () => {
    const first = await serverCertificateIn(options());
    const served = { ...LOOPBACK, names: ['localhost', 'kubernetes.default.svc'] };
    expect((await serverCertificateIn(options({ served }))).made).toBe('certificate');
    const elsewhere = { ...served, addresses: ['127.0.0.1', '10.0.0.1'] };
    expect((await serverCertificateIn(options({ served: elsewhere }))).made).toBe('certificate');
    await serverCertificateIn(options({ folder: `${folder}2` }));
    for (const file of ['ca.crt', 'ca.key']) {
      writeFileSync(path.join(folder, file), readFileSync(path.join(`${folder}2`, file)));
    }
    const other = await serverCertificateIn(options());
    expect(other.made).toBe('certificate');
    expect(other.authority).not.toBe(first.authority);
  });

  it('is trusted by clients under the names of this machine and no other', async () => {
    const { certificate, key, authority } = await serverCertificateIn(options());
    const server = createServer({ cert: certificate, key }, (_, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ask = (servername: string | undefined): Promise<string> =>
      new Promise((resolve) => {
        const name = servername === undefined ? {} : { servername };
        get({ host: '127.0.0.1', port, ca: authority, agent: false, ...name }, (response) => {
          response.setEncoding('utf8').on('data', resolve);
        }).on('error', (error) => resolve(error.message));
      });
    expect(await ask(undefined)).toBe('hello');
    expect(await ask('localhost')).toBe('hello');
    expect(await ask('example.com')).toContain("does not match certificate's altnames");
    await new Promise((resolve) => server.close(resolve));
  });

  it('that cannot be written is told in a sentence', async () => {
    writeFileSync(folder, ''); // a file where the folder should be
    await expect(serverCertificateIn(options())).rejects.toThrow(/ca\.crt cannot be read \(ENOTDIR\)/);
    rmSync(folder);
    if (process.getuid?.() === 0) return; // root writes everywhere
    chmodSync(path.dirname(folder), 0o500);
    await expect(serverCertificateIn(options())).rejects.toThrow(/ca\.key cannot be written \(EACCES\); let the user/);
    chmodSync(path.dirname(folder), 0o700);
  });
});

describe('renewal', () => {
  it('looks once a day, tells what is new, goes on after a failure, and ends', async () => {
    await serverCertificateIn(options());
    let tick = (): void => {};
    let waits = 0;
    const after = (milliseconds: number, callback: () => void): (() => void) => {
      expect(milliseconds).toBe(DAY);
      waits++;
      tick = callback;
      return () => {
        tick = () => {};
      };
    };
    const told: (ServerCertificate['made'] | string)[] = [];
    const clock = { now: () => now, after };
    const end = renewDaily(
      options({ clock }),
      ({ made }) => told.push(made),
      (error) => told.push(String(error)),
    );
    const day = async (): Promise<void> => {
      const before = waits;
      tick();
      while (waits === before) await new Promise((resolve) => setImmediate(resolve));
    };
    await day();
    expect(told).toEqual([]);
    later(300);
    await day();
    expect(told).toEqual(['certificate']);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    await day();
    expect(told[1]).toContain('cannot be read');
    rmSync(folder);
    await day();
    expect(told[2]).toBe('authority');
    end();
    tick();
    expect(waits).toBe(5);
  });
});
