import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeLogger } from '../../../src/process/log.ts';
import type { ServingCertificate } from '../../../webhooks/dependencies.ts';
import { CertificateFiles } from '../../../webhooks/server/certificateFiles.ts';
import { emptyFolder } from '../../process/policies/mount.ts';
import { aCertificate, makeKey } from './certificates.ts';

const open: CertificateFiles[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

function write(folder: string, { certificate, key }: Pick<ServingCertificate, 'certificate' | 'key'>): void {
  writeFileSync(path.join(folder, 'tls.crt'), certificate);
  writeFileSync(path.join(folder, 'tls.key'), key);
}

async function opened(folder: string) {
  const logged: { readonly reason?: string }[] = [];
  const files = await CertificateFiles.open({
    certificate: path.join(folder, 'tls.crt'),
    key: path.join(folder, 'tls.key'),
    log: makeLogger('debug', { write: (line) => logged.push(JSON.parse(line)) }),
    watch: { debounce: 10, poll: 200 },
  });
  open.push(files);
  const heard: ServingCertificate[] = [];
  files.onChange((certificate) => heard.push(certificate));
  return { files, heard, logged };
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const HOUR = 3_600_000;
const first = aCertificate(new Date(Math.floor(Date.now() / 1000) * 1000 + HOUR), 'first');
const second = aCertificate(new Date(Math.floor(Date.now() / 1000) * 1000 + 2 * HOUR), 'second');

describe('a certificate in files', () => {
  it('is read with its end', async () => {
    const folder = emptyFolder();
    write(folder, first);
    const { files } = await opened(folder);
    expect(files.current()).toEqual(first);
  });

  it('is read again when it changes', async () => {
    const folder = emptyFolder();
    write(folder, first);
    const { files, heard } = await opened(folder);
    files.watch();
    write(folder, second);
    await until(() => heard.length > 0);
    expect(heard).toEqual([second]);
    expect(files.current()).toEqual(second);
  });

  it('is read again when Kubernetes swaps what is mounted', async () => {
    const folder = emptyFolder();
    const mount = (name: string, certificate: ServingCertificate): void => {
      mkdirSync(path.join(folder, name));
      write(path.join(folder, name), certificate);
      symlinkSync(name, path.join(folder, '..tmp'));
      renameSync(path.join(folder, '..tmp'), path.join(folder, '..data'));
    };
    mount('..1', first);
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(path.join('..data', name), path.join(folder, name));
    const { files, heard } = await opened(folder);
    files.watch();
    mount('..2', second);
    await until(() => heard.length > 0);
    expect(heard).toEqual([second]);
  });

  it('serves on, told once, where the new one is half of a pair or none, and nothing of a key is told', async () => {
    const folder = emptyFolder();
    write(folder, first);
    const { files, heard, logged } = await opened(folder);
    const otherKey = makeKey();
    for (const wrong of [
      { ...second, key: otherKey },
      { ...second, key: otherKey },
      { certificate: 'x', key: second.key },
    ]) {
      write(folder, wrong);
      await files.reload();
    }
    expect(files.current()).toEqual(first);
    expect(heard).toEqual([]);
    expect(logged.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/tls\.key is not the key of the certificate in .*tls\.crt$/),
      expect.stringMatching(/tls\.crt holds no certificate in PEM$/),
    ]);
    expect(JSON.stringify(logged)).not.toContain(otherKey.slice(100, 130));
  });
});
