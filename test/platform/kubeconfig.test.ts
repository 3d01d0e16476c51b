import { chmodSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeKubeconfig } from '../../src/platform/kubeconfig.ts';

const ADDRESS = { server: 'https://127.0.0.1:6443', ca: 'a certificate', token: 'a token' };

describe('a kubeconfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'weir-kubeconfig-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    [{}, { user: 'weir', namespace: 'default' }],
    [
      { user: 'ann', namespace: 'shop' },
      { user: 'ann', namespace: 'shop' },
    ],
  ])('of one context, with %j', (options, { user, namespace }) => {
    const file = path.join(folder, 'kubeconfig');
    writeKubeconfig(file, { ...ADDRESS, ...options });
    const authority = Buffer.from(ADDRESS.ca).toString('base64');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'weir',
      clusters: [{ name: 'weir', cluster: { server: ADDRESS.server, 'certificate-authority-data': authority } }],
      users: [{ name: user, user: { token: 'a token' } }],
      contexts: [{ name: 'weir', context: { cluster: 'weir', user, namespace } }],
    });
  });

  it('is its owner’s alone, also where one stands that is not, and its folder is made', () => {
    const file = path.join(folder, 'a', 'b', 'kubeconfig');
    writeKubeconfig(file, ADDRESS);
    chmodSync(file, 0o644);
    writeKubeconfig(file, ADDRESS);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['kubeconfig']);
  });

  it('stays whole for who reads the old one', () => {
    const file = path.join(folder, 'kubeconfig');
    writeKubeconfig(file, { ...ADDRESS, token: 'the old one' });
    const reader = openSync(file, 'r');
    writeKubeconfig(file, { ...ADDRESS, token: 'the new one' });
    expect(readFileSync(reader, 'utf8')).toContain('the old one');
    expect(readFileSync(file, 'utf8')).toContain('the new one');
    closeSync(reader);
  });
});
