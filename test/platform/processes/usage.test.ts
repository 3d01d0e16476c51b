/** What groups use, measured on real ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { Processes } from '../../../src/platform/processes/processes.ts';
import { startProcesses } from '../../../src/platform/processes/start.ts';
import { keep, program, until } from './kit.ts';

jest.setTimeout(120_000);

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

let folder: string;
let processes: Processes;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-usage-'));
  processes = startProcesses({ folder, log: SILENT, environment: { PATH: process.env.PATH } });
});

afterAll(async () => {
  await processes.stop(1_000);
  rmSync(folder, { recursive: true, force: true });
});

/** Uses so much CPU time, says so and waits. */
const burn = (seconds: number): string =>
  `while (process.cpuUsage().user < ${seconds * 1e6}); console.log('done'); setInterval(() => {}, 1e6)`;

describeOnLinux('what a group uses', () => {
  it('is its CPU time, that of its children too, and its memory, for each group its own', async () => {
    const busy = keep();
    const still = keep();
    const child = `require('child_process').spawnSync(process.execPath, ['-e', 'while (process.cpuUsage().user < 5e5);'])`;
    const first = await processes.start(program(`${child}; ${burn(0.5)}`, busy));
    const second = await processes.start(program('console.log("done"); setInterval(() => {}, 1e6)', still));
    await until(() => busy.text() !== '' && still.text() !== '', 'both are done', 60_000);
    const usage = processes.usage(new Set([first.pid, second.pid]));
    expect(usage.get(first.pid)?.cpuSeconds).toBeGreaterThan(0.95);
    expect(usage.get(second.pid)?.cpuSeconds).toBeLessThan(usage.get(first.pid)?.cpuSeconds ?? 0);
    for (const { pid } of [first, second]) {
      expect(usage.get(pid)?.memory).toBeGreaterThan(1e6);
      expect(usage.get(pid)?.memory).toBeLessThan(1e9);
    }
    await Promise.all([first.end(0), second.end(0)]);
    expect(processes.usage(new Set([first.pid])).size).toBe(0);
  });

  it('is nothing of what nobody asks for', () => {
    expect(processes.usage(new Set()).size).toBe(0);
  });
});
