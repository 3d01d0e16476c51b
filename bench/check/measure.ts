/** Runs a program once and measures it as a whole process. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measurement {
  readonly seconds: number;
  /** The most memory that it held, in MiB. */
  readonly peakMiB: number;
  readonly exit: number;
}

const LONGEST_SECONDS = 300;

/** On one core, where the system can pin it (`taskset`): every contender gets the same. */
export async function measure(command: readonly string[], pinned: boolean): Promise<Measurement> {
  const [program = '', ...args] = pinned ? ['taskset', '-c', '0', ...command] : command;
  const began = process.hrtime.bigint();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: LONGEST_SECONDS * 1000 });
  child.stdout.resume();

  let peakKiB = 0;
  const sample = () => {
    peakKiB = Math.max(peakKiB, peakMemory(child.pid));
  };
  const timer = setInterval(sample, 20);
  const exit = await new Promise<number>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? -1));
  });
  clearInterval(timer);
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, peakMiB: peakKiB / 1024, exit };
}

/** VmHWM: the high-water mark that Linux keeps for each process; 0 where it cannot be read. */
function peakMemory(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has just ended
  }
}
