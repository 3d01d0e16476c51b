import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { weir } from '../cli/harness.ts';

const root = path.resolve(import.meta.dirname, '../..');

describe('docs/simulate.md', () => {
  it('shows what its first command prints of the day that is in the examples', async () => {
    const page = readFileSync(path.join(root, 'docs/simulate.md'), 'utf8');
    const [, command = '', shown = ''] = /```console\n\$ npx --no-install weir (.*)\n…\n([\s\S]*?)```/.exec(page) ?? [];
    const { stdout, stderr, code } = await weir(command.split(' '), { cwd: root });
    expect([stderr, code]).toEqual(['', 0]);
    expect(shown).not.toBe('');
    expect(stdout).toContain(shown);
  }, 120_000);
});
