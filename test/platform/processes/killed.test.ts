import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allProcesses } from '../../../src/platform/processes/proc.ts';
import { openRecords } from '../../../src/platform/processes/records.ts';
import { isRunning, stateOf, until } from './kit.ts';

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

/** A program that runs beside the test, once it has said so many numbers. */
async function startProgram(args: readonly string[], count: number): Promise<Started> {
  const platform = spawn(process.execPath, ['--no-warnings', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  platforms.push(platform);
  let text = '';
  platform.stdout?.on('data', (bytes) => {
    text += String(bytes);
  });
  await until(() => text.split('\n').length > count, 'the programs are up', 60_000);
  const pids = text.split('\n').slice(0, count).map(Number);
  expect(pids.every(isRunning)).toBe(true);
  return { platform, pids };
}

function startPlatform(place: string): Promise<Started> {
  return startProgram([path.resolve('test/platform/processes/programs/platform.ts'), place], 3);
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
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`WEIR_PLATFORM=${mark}`);
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

  (hasProc ? it : it.skip)('has a guardian that leaves alone what the next one starts', async () => {
    const place = path.join(folder, 'four');
    const first = await startPlatform(place);
    const guardian = guardianOf(place);
    process.kill(guardian, 'SIGSTOP');
    await kill(first.platform);
    const second = await startPlatform(place);
    process.kill(guardian, 'SIGCONT');
    await until(() => !isRunning(guardian), 'the guardian of the first is gone');
    expect(second.pids.map(isRunning)).toEqual([true, true, true]);
    await kill(second.platform);
    await until(() => !second.pids.some(isRunning), 'the programs are gone');
  });

  (hasProc ? it : it.skip)(
    'has a guardian that waits for nothing that has ended, whoever was to take note of it',
    async () => {
      const sleeper = `const child = require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
      child.on("spawn", () => console.log(child.pid)); setInterval(() => {}, 1e6)`;
      const parent = await startProgram(['-e', sleeper], 1);
      const [pid = 0] = parent.pids;
      // such as a PID 1 that never waits
      parent.platform.kill('SIGSTOP');
      await until(() => stateOf(parent.platform.pid ?? 0) === 'T', 'its parent stands still');
      process.kill(pid, 'SIGKILL');
      await until(() => stateOf(pid) === 'Z', 'it ended');

      const watcher = path.resolve('test/platform/processes/programs/watcher.ts');
      const graceMs = 120_000; // more than is waited here
      const { platform, pids } = await startProgram([watcher, String(pid), String(graceMs)], 1);
      const [guardian = 0] = pids;
      await kill(platform);
      await until(() => !isRunning(guardian), 'the guardian is gone');
      expect(stateOf(pid)).toBe('Z');
    },
  );
});
