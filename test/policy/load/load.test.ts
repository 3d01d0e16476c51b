import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPolicies } from '../../../src/policy/load/load.ts';
import { describeError } from '../../../src/policy/load/resolve.ts';
import { aPolicyFile } from './files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'weir-policies-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const set = await loadPolicies(folder, 'policies');
  return { names: [...set.policies.keys()], broken: [...set.broken], errors: set.errors.map(describeError) };
}

describe('a policy folder', () => {
  it('reads every .yaml and .yml file, and nothing else', async () => {
    await mkdir(path.join(folder, 'tests'));
    await writeFile(path.join(folder, 'tests', 'case.yaml'), 'not: a policy');
    const files = {
      'dev.yaml': aPolicyFile('dev'),
      'prod.yml': aPolicyFile('prod'),
      'schema.json': '{',
      'README.md': '#',
      'kustomization.yaml': 'kind: Kustomization',
    };
    expect(await load(files)).toEqual({ names: ['dev', 'prod'], broken: [], errors: [] });
  });

  it('compiles custom rules, which alone need CEL', async () => {
    const rule = (expression: string) =>
      `  custom: [{name: a, match: {kinds: [Secret]}, expression: "${expression}", message: m}]`;
    await load({ 'prod.yaml': aPolicyFile('prod', rule('true')) });
    const { policies } = await loadPolicies(folder);
    expect(policies.get('prod')?.custom.map(({ id }) => id)).toEqual(['custom/a']);
    expect((await load({ 'prod.yaml': aPolicyFile('prod', rule('1 +')) })).errors).toEqual([
      'policies/prod.yaml:5:64: custom rule a: bad CEL: unexpected end',
    ]);
  });

  it('says of a template what to write instead, and nothing of Helm', async () => {
    const { errors } = await load({ 'prod.yaml': '{{{\n' });
    expect(errors).toEqual([
      'policies/prod.yaml:1:1: this holds {{, as templates do, and a policy is read as it stands; write the value itself, or quote it',
    ]);
  });

  it('says that there is none', async () => {
    expect((await load({})).errors).toEqual([
      'policies: there is no policy in this folder; weir init writes a first one',
    ]);
  });

  it('says that the folder is not there', async () => {
    const { errors } = await loadPolicies(path.join(folder, 'nowhere'), 'nowhere');
    expect(errors.map(describeError)).toEqual(['nowhere: the policy folder cannot be read: there is none']);
  });

  it('tells files that cannot be read, and uses the others', async () => {
    await symlink('loop.yaml', path.join(folder, 'loop.yaml'));
    await mkdir(path.join(folder, 'sub.yaml'));
    const files = { 'big.yaml': '#'.repeat(1024 * 1024 + 1), 'prod.yaml': aPolicyFile('prod') };
    expect(await load(files)).toEqual({
      names: ['prod'],
      broken: ['big', 'loop', 'sub'],
      errors: [
        'policies/big.yaml: the file has 1048577 bytes; a policy has at most 1048576',
        'policies/loop.yaml: the file cannot be read: it is a loop of symbolic links',
        'policies/sub.yaml: the file cannot be read: it is a folder',
      ],
    });
  });

  it('tells a binary file', async () => {
    await writeFile(path.join(folder, 'bin.yaml'), new Uint8Array([0, 1, 2, 255, 254]));
    const { errors, broken } = await load({ 'prod.yaml': aPolicyFile('prod', '  extends: bin') });
    expect(errors).toEqual([expect.stringMatching(/^policies\/bin\.yaml.*/)]);
    expect(broken).toEqual(['bin', 'prod']);
  });
});
