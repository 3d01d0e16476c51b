import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allProcesses } from '../../../src/platform/processes/proc.ts';
import { openRecords } from '../../../src/platform/processes/records.ts';
import { isRunning, until } from './kit.ts';

jest.setTimeout(120_000);

let folder: string;
const platforms: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-killed-'));
});

afterAll(() => {
  for (const platform of platforms) platform.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly platform: ChildProcess;
  readonly pids: readonly number[];
}

async function startPlatform(place: string): Promise<Started> {
  const file = path.resolve('test/platform/processes/programs/platform.ts');
  const platform = spawn(process.execPath, ['--no-warnings', file, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  platforms.push(platform);
  let text = '';
  platform.stdout?.on('data', (bytes) => {
    text += String(bytes);
  });
  await until(() => text.split('\n').length > 3, 'the programs are up', 60_000);
  const pids = text.split('\n').slice(0, 3).map(Number);
  expect(pids.every(isRunning)).toBe(true);
  return { platform, pids };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** The guardian of the folder's platform. */
function guardianOf(place: string): number {
  const mark = readFileSync(path.join(place, 'mark'), 'utf8');
  const found = allProcesses().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '').endsWith(`WEIR_PLATFORM=${mark}`);
    } catch {
      return false;
    }
  });
  expect(found).toHaveLength(1);
  return found[0] ?? 0;
}

const hasProc = existsSync('/proc/self/stat');

describe('a platform that is killed', () => {
  it('leaves nothing behind: its guardian ends what it started', async () => {
    const { platform, pids } = await startPlatform(path.join(folder, 'one'));
    await kill(platform);
    const [stubborn = 0, leaving = 0, left = 0] = pids;
    await until(() => !isRunning(leaving) && !isRunning(stubborn), 'the programs are gone');
    // nobody but /proc tells of what left its group
    if (hasProc) await until(() => !isRunning(left), 'what left its group is gone');
    else process.kill(left, 'SIGKILL');
  });

  (hasProc ? it : it.skip)('leaves what the next one ends, where the guardian was killed, too', async () => {
    const place = path.join(folder, 'two');
    const { platform, pids } = await startPlatform(place);
    const gone = new Promise((resolve) => platform.once('exit', resolve));
    const guardian = guardianOf(place);
    // both in one turn, so that no other guardian is posted
    process.kill(guardian, 'SIGSTOP');
    platform.kill('SIGKILL');
    await gone;
    process.kill(guardian, 'SIGKILL');
    expect(pids.every(isRunning)).toBe(true);

    openRecords(place);
    await until(() => !pids.some(isRunning), 'the programs are gone');
  });

  (hasProc ? it : it.skip)('has another guardian when one is killed', async () => {
    const place = path.join(folder, 'three');
    const { platform, pids } = await startPlatform(place);
    const first = guardianOf(place);
    process.kill(first, 'SIGKILL');
    await until(() => !isRunning(first), 'the guardian is gone');
    let second = first;
    await until(() => {
      try {
        second = guardianOf(place);
      } catch {}
      return second !== first;
    }, 'another guardian is there');
    await kill(platform);
    await until(() => !pids.some(isRunning), 'the programs are gone');
  });
});
