import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SILENT } from '../../../src/kubernetes/log.ts';
import type { Processes } from '../../../src/platform/processes/processes.ts';
import { startProcesses } from '../../../src/platform/processes/start.ts';
import { isRunning, keep, program, until } from './kit.ts';

jest.setTimeout(60_000);

let folder: string;
let processes: Processes;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-processes-'));
  const environment = { PATH: process.env.PATH, HOME: '/home/me', LANG: 'C.UTF-8', TOKEN: 'secret' };
  processes = startProcesses({ folder, log: SILENT, environment });
});

afterAll(async () => {
  await processes.stop(1_000);
  rmSync(folder, { recursive: true, force: true });
});

describe('a program', () => {
  it('gets its own environment, a few variables of ours, and no other', async () => {
    const output = keep();
    const code = 'process.stdout.write(JSON.stringify({ ...process.env, cwd: process.cwd() }))';
    const started = await processes.start(program(code, output, { cwd: '/tmp', env: { PORT: '20001', LANG: 'de' } }));
    expect(await started.exited).toMatchObject({ exitCode: 0, signal: 0, isOverMemory: false });
    const { PATH, WEIR_PLATFORM, ...rest } = JSON.parse(output.text());
    expect(PATH).toBe(process.env.PATH);
    expect(WEIR_PLATFORM).toMatch(/^[0-9a-f]{32}-[0-9a-f]{8}$/);
    expect(rest).toEqual({ PORT: '20001', LANG: 'de', HOME: '/home/me', cwd: '/tmp' });
    expect(output.isClosed()).toBe(true);
  });

  it.each([
    ['process.exit(3)', { exitCode: 3, signal: 0 }],
    ['process.kill(process.pid, "SIGKILL")', { exitCode: 137, signal: 9 }],
    ['process.kill(process.pid, "SIGTERM")', { exitCode: 143, signal: 15 }],
  ])('ends as %s says', async (code, expected) => {
    const started = await processes.start(program(code, keep()));
    expect(await started.exited).toMatchObject(expected);
  });

  it.each([
    [{ command: ['no-such-program'] as const }, 'there is no program no-such-program; name one that is on PATH'],
    [{ cwd: '/no/such/folder' }, '/no/such/folder, where '],
    [{ cwd: '/etc/passwd' }, 'is no folder; correct cwd in weir.yaml'],
    [{ command: ['/etc/passwd'] as const }, '/etc/passwd may not be executed'],
  ])('that cannot be started is told of: %j', async (more, sentence) => {
    const output = keep();
    await expect(processes.start(program('', output, more))).rejects.toThrow(sentence);
  });

  it('is looked for on the PATH of the platform, whatever its own says', async () => {
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'true'), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    const started = await processes.start(program('', keep(), { command: ['true'], env: { PATH: bin } }));
    expect(await started.exited).toMatchObject({ exitCode: 0 });
  });

  it('that cannot be written down does not run', async () => {
    const running = path.join(folder, 'running');
    const output = keep();
    const ended = path.join(folder, 'ended');
    rmSync(running, { recursive: true });
    const code = `setTimeout(() => require('node:fs').writeFileSync(${JSON.stringify(ended)}, ''), 300)`;
    await expect(processes.start(program(code, output))).rejects.toThrow(/could not be written down/);
    mkdirSync(running);
    expect(output.isClosed()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(existsSync(ended)).toBe(false);
  });

  it('is asked to end, and takes its time', async () => {
    const output = keep();
    const code =
      'process.on("SIGTERM", () => { console.log("bye"); process.exit(7); }); setInterval(() => {}, 1e6); console.log("up")';
    const started = await processes.start(program(code, output));
    await until(() => output.text().includes('up'), 'the program is up');
    expect(await started.end(30_000)).toMatchObject({ exitCode: 7 });
    expect(output.text()).toBe('up\nbye\n');
  });

  it('that does not end is killed, with all of its group', async () => {
    const output = keep();
    const child = 'process.on(\\"SIGTERM\\", () => {}); setInterval(() => {}, 1e6)';
    const code = `process.on("SIGTERM", () => {});
      const child = require("node:child_process").spawn(process.execPath, ["-e", "${child}"], { stdio: "inherit" });
      child.on("spawn", () => console.log(child.pid)); setInterval(() => {}, 1e6)`;
    const started = await processes.start(program(code, output));
    await until(() => output.text().includes('\n'), 'the program is up');
    const grandchild = Number(output.text());
    expect(isRunning(grandchild)).toBe(true);
    void started.end(60_000);
    expect(await started.end(50)).toMatchObject({ exitCode: 137, signal: 9 });
    await until(() => !isRunning(grandchild), 'its child is gone');
  });

  it('leaves nothing of its group behind when it ends by itself', async () => {
    const output = keep();
    const code = `const child = require("node:child_process").spawn("sleep", ["1000"], { stdio: "inherit" });
      child.on("spawn", () => { console.log(child.pid); setTimeout(() => process.exit(0), 20); })`;
    const started = await processes.start(program(code, output));
    await started.exited;
    const grandchild = Number(output.text());
    await until(() => !isRunning(grandchild), 'its child is gone');
    expect(readdirSync(path.join(folder, 'running'))).not.toContain(String(started.pid));
  });

  it('that holds more memory than it may is killed', async () => {
    const code = 'const all = []; setInterval(() => all.push(Buffer.alloc(8 << 20, 1)), 20)';
    const started = await processes.start(program(code, keep(), { memoryLimit: 200 << 20 }));
    expect(await started.exited).toMatchObject({ exitCode: 137, isOverMemory: true });
  });

  it('that nobody may take output from waits, and others do not', async () => {
    let release = () => {};
    let bytes = 0;
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const output = {
      write(_: string, chunk: Uint8Array) {
        bytes += chunk.length;
        return blocked;
      },
      close() {},
    };
    const flood = await processes.start(program('for (;;) process.stdout.write("x".repeat(65536))', output));
    await until(() => bytes > 0, 'it writes');
    const quiet = await processes.start(program('console.log("hello")', keep()));
    await quiet.exited;
    expect(bytes).toBeLessThan(1 << 20);
    release();
    await flood.end(0);
  });
});
