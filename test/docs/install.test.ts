/** The commands of docs/install.md and docs/doctor.md, as far as a machine without a cluster can tell. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { weir } from '../cli/harness.ts';

describe.each(['docs/install.md', 'docs/doctor.md'])('%s', (page) => {
  const text = readFileSync(page, 'utf8');
  const scripts = [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', script = '']) =>
    script.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );

  it.each(scripts)('has a script that a shell reads: %s', (script) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('names options of weir doctor that there are', async () => {
    const commands = [...text.matchAll(/weir(?:\.js)? doctor( service)?([^`\n|]*)/g)];
    expect(commands.length).toBeGreaterThan(0);
    for (const [, service, rest = ''] of commands) {
      const { stdout } = await weir(['doctor', ...(service === undefined ? [] : ['service']), '--help']);
      for (const [option] of rest.matchAll(/(?<= )--?[a-z][a-z-]*/g)) expect(stdout).toContain(option);
    }
  });
});
