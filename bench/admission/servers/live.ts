/** What a server that runs with the probe still uses once its garbage is collected. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../tools/controlplane/process/wait.ts';
import type { Server } from './server.ts';

const SECONDS = 20;
const MIB = 1024 * 1024;

/** Flags of Node for a server that is asked. */
export const PROBE = ['--expose-gc', `--import=${join(import.meta.dirname, 'probe.js')}`];

export async function liveMiB({ pid, log }: Server): Promise<number> {
  const before = answersIn(log).length;
  process.kill(pid, 'SIGUSR2');
  const bytes = await until('the probe answers', { seconds: SECONDS }, () => answersIn(log)[before]);
  return bytes / MIB;
}

function answersIn(log: string): number[] {
  return [...readFileSync(log, 'utf8').matchAll(/^probe: (\d+)$/gm)].map(([, bytes]) => Number(bytes));
}
