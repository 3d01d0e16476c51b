import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-environment-'));
  write('perf', 'spec: {extends: staging}');
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, spec: string): void {
  const text = `apiVersion: weir.dev/v1alpha1\nkind: EnvironmentPolicy\nmetadata: {name: ${name}}\n${spec}\n`;
  writeFileSync(path.join(folder, `${name}.yaml`), text);
}

function environment(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/generate/overlays/print.ts', ...words], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

describe('npm run environment', () => {
  it('lays a folder over the shipped policies, as the cluster does', () => {
    const { status, stdout, stderr } = environment('perf', folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('name: perf.policy.weir.dev');
    expect(stdout).toContain('name: perf.defaults.weir.dev');
    expect(stdout).not.toContain('staging.policy');
  });

  it.each([
    [[], /^name an environment: npm run --silent environment NAME \[FOLDER OF POLICIES\]\n$/],
    [['perf', '/nowhere'], /^\/nowhere: the policy folder cannot be read: [^\n]*\n$/],
    [['perf'], /^policies has no environment "perf"; it has dev, edge, prod, staging\n$/],
  ])('says in a sentence what is wrong with %j', (words, sentence) => {
    const { status, stdout, stderr } = environment(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });

  it('says where a policy extends one that is nowhere', () => {
    write('lost', 'spec: {extends: nobody}');
    const { status, stderr } = environment('lost', folder);
    rmSync(path.join(folder, 'lost.yaml'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/lost\.yaml:4.*nobody/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
