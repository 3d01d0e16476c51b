import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPolicyTests } from '../../../src/policy/test/load.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'weir-policy-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const testOf = (input: string) => `apiVersion: weir.dev/v1alpha1
kind: PolicyTest
metadata: {name: one}
spec:
  environment: prod
  files: [${input}]
  expect: []
`;

describe('the inputs of a PolicyTest', () => {
  it.each<[input: string, reason: string]>([
    ['pipe', 'a pipe'],
    ['/etc/hostname', "its path must be relative to the test's own folder"],
    ['large.yaml', 'more than'],
    ['.', 'it is a folder'],
  ])('%s is refused and never opened', async (input, reason) => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    writeFileSync(path.join(folder, 'large.yaml'), '');
    truncateSync(path.join(folder, 'large.yaml'), 2 ** 31);
    writeFileSync(path.join(folder, 'test.yml'), testOf(input));
    const { errors } = await loadPolicyTests(folder, 'tests');
    expect(errors).toMatchObject([{ file: 'tests/test.yml', message: expect.stringContaining(reason) }]);
  });
});
