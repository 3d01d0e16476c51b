import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startOf } from '../../../src/platform/processes/proc.ts';
import { openRecords } from '../../../src/platform/processes/records.ts';
import { isRunning, until } from './kit.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-records-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the record of what runs', () => {
  it('ends what it names, and keeps its mark, behind which each start has one of its own', async () => {
    const { mark, add } = openRecords(folder);
    const child = spawn('sleep', ['1000'], { detached: true });
    const pid = child.pid ?? 0;
    add(pid);
    const next = openRecords(folder).mark;
    expect(next.split('-')[0]).toBe(mark.split('-')[0]);
    expect(next).not.toBe(mark);
    await until(() => !isRunning(pid), 'it is gone');
  });

  it('leaves a stranger alone whose number is the same', async () => {
    openRecords(folder);
    const child = spawn('sleep', ['1000'], { detached: true });
    const pid = child.pid ?? 0;
    const start = startOf(pid);
    const other = start === undefined ? '2001-01-01T00:00:00Z' : String(Number(start) - 100);
    for (const [name, text] of [
      [String(pid), other],
      ['1', startOf(1) ?? ''],
      ['0', '1'],
      ['-1', '1'],
      ['x', 'y'],
    ] as const) {
      writeFileSync(path.join(folder, 'running', name), text);
    }
    openRecords(folder);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(child.signalCode).toBeNull();
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
  });

  it('forgets what ended', () => {
    const records = openRecords(folder);
    records.add(process.pid);
    records.remove(process.pid);
    openRecords(folder); // would end this very process
    expect(isRunning(process.pid)).toBe(true);
  });
});
