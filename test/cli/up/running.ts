/** `weir up` in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll } from '@jest/globals';

export const isBuilt = existsSync('dist/weir.js');
const bin = path.resolve('bin/weir.js');

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  /** What it has written so far. */
  output(): string;
}

const running: Running[] = [];
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

export function start(cwd: string, ...args: string[]): Running {
  return startAfter('', cwd, ...args);
}

/** @param program runs in the process before it: a fault that its surroundings have no other way to */
export function startAfter(program: string, cwd: string, ...args: string[]): Running {
  const before = program === '' ? [] : ['--import', `data:text/javascript,${encodeURIComponent(program)}`];
  const child = spawn(process.execPath, [...before, bin, 'up', '--port', '0', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  // its output is whole by then
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const started: Running = { child, ended, output: () => output };
  running.push(started);
  return started;
}

export async function isUp(process: Running): Promise<void> {
  await says(process, 'Ctrl-C stops');
}

export async function says({ output, child }: Running, sentence: string): Promise<void> {
  while (!output().includes(sentence)) {
    if (child.exitCode !== null) throw new Error(output());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
