/** What the worst files cost: each is checked by a process of its own, which says how much memory it took at most. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { folderWith, service, tagPolicies } from '../cli/harness.ts';
import { aliasBomb } from './hostileText.ts';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;
/** A check of one small file takes about 120. */
const MOST_MIB = 400;
const SECONDS = 30;
const PROGRAM = pathToFileURL(path.resolve(import.meta.dirname, '../../src/cli/main.ts')).href;
// maxRSS begins with what the process had that started this one; Linux keeps the peak of each program itself
const CODE = `
  const { main } = await import(${JSON.stringify(PROGRAM)});
  process.exitCode = await main(['check', '.', '--env', 'prod', '-o', 'compact']);
  const status = await import('node:fs').then(({ readFileSync }) => readFileSync('/proc/self/status', 'utf8')).catch(() => '');
  process.stderr.write('\\npeak ' + (/VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS));
`;

interface Cost {
  readonly code: number | null;
  readonly stdout: string;
  readonly peakMib: number;
}

function costOf(files: Readonly<Record<string, string | Uint8Array>>): Cost {
  const cwd = folderWith({ ...tagPolicies('prod'), ...files });
  const run = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', CODE], {
    cwd,
    encoding: 'utf8',
    timeout: SECONDS * 1000,
    maxBuffer: 64 * MIB,
  });
  const kibibytes = Number(/\npeak (\d+)$/.exec(run.stderr)?.[1]);
  if (Number.isNaN(kibibytes))
    throw new Error(`the check did not end: ${run.signal ?? ''} ${run.stderr.slice(0, 500)}`);
  return { code: run.status, stdout: run.stdout, peakMib: kibibytes / 1024 };
}

/** As much of the text as is read of one file. */
function filled(piece: string, bytes = 15.9 * MIB): string {
  return piece.repeat(Math.floor(bytes / Buffer.byteLength(piece)));
}

describe('memory and time stay bounded', () => {
  it.each<[what: string, content: () => string, code: number, told: RegExp]>([
    ['50 MB', () => 'x'.repeat(50_000_000), 2, /has 48 MiB/],
    ['an alias bomb', () => aliasBomb(40), 2, /alias/],
    ['many small alias bombs', () => `${aliasBomb(4)}---\n`.repeat(2000), 2, /alias/],
    ['100,000 levels', () => '['.repeat(100_000), 2, /levels/],
    ['brackets alone', () => filled('['), 2, /two million/],
    ['short keys alone', () => filled('a: 1\n'), 2, /two million/],
    ['documents alone', () => filled('---\n[\n'), 2, /errors/],
    ['one long text', () => `apiVersion: v1\nkind: Secret\na: "${filled('x')}"`, 1, /./],
  ])('for %s', (_, content, expected, told) => {
    const { code, stdout, peakMib } = costOf({ 'bad.yaml': content(), 'good.yaml': service() });
    expect(code).toBe(expected);
    expect(stdout).toMatch(told);
    expect(stdout).toContain('good.yaml:10:16: deny: images/tag [prod]:');
    expect(peakMib).toBeLessThan(MOST_MIB);
  });
});
