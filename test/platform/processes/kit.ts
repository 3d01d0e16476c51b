/** Small programs, run for real, and an output that keeps what they write. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Output, ProcessOptions } from '../../../src/platform/processes/processes.ts';

export interface Kept extends Output {
  readonly text: () => string;
  readonly isClosed: () => boolean;
}

export function keep(): Kept {
  let text = '';
  let isClosed = false;
  return {
    write(_stream, bytes) {
      text += Buffer.from(bytes).toString();
      return undefined;
    },
    close() {
      isClosed = true;
    },
    text: () => text,
    isClosed: () => isClosed,
  };
}

/** A program of Node.js, as text. */
export function program(code: string, output: Output, more: Partial<ProcessOptions> = {}): ProcessOptions {
  return { command: [process.execPath, '-e', code], cwd: process.cwd(), env: {}, output, ...more };
}

export async function until(condition: () => boolean, what: string, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(10);
  }
}

/** One that ended and was not waited for yet is not running: who adopts it may never ask. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return stateOf(pid) !== 'Z';
}

/** As /proc says it; empty where there is none. */
export function stateOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.charAt(text.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}
