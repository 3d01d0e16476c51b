/** Runs the load generator beside a server and watches that server's CPU time and memory meanwhile. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cpuSeconds, residentMiB } from '../servers/figures.ts';
import { onCore } from '../servers/server.ts';
import type { Job, Outcome } from './job.ts';

/** Milliseconds beyond the time of a job after which its generator is killed. */
const PATIENCE = 40_000;
const SAMPLE_MS = 250;

export interface Measured extends Outcome {
  /** The server's. */
  readonly cpuSeconds: number;
  /** Its resident memory, four times a second. */
  readonly memory: readonly number[];
}

/** @param pid of the server; without one, nothing is watched */
export async function send(job: Job, pid?: number): Promise<Measured> {
  const memory: number[] = [];
  const before = pid === undefined ? 0 : cpuSeconds(pid);
  const timer = setInterval(() => {
    if (pid !== undefined) memory.push(residentMiB(pid));
  }, SAMPLE_MS);
  try {
    const outcome = await generate(job);
    return { ...outcome, cpuSeconds: pid === undefined ? 0 : cpuSeconds(pid) - before, memory };
  } finally {
    clearInterval(timer);
  }
}

function generate(job: Job): Promise<Outcome> {
  const command = [process.execPath, join(import.meta.dirname, 'generator.ts'), JSON.stringify(job)];
  const [program = '', ...args] = onCore(1, command);
  const timeout = job.pace.seconds * 1000 + PATIENCE;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`the load generator ended with ${code}: ${errors.slice(-2000)}`));
    });
  });
}
