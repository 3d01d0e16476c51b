/** `npm run bench:check`: `weir check` beside its peers and beside the floor, as ratios of one run. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measurement, measure } from './measure.ts';
import { buildPeers, contenders } from './peers.ts';
import { FILES, SERVICES, writeWorkload } from './workload.ts';

const ROUNDS = 3;

const problems = buildPeers();
const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
try {
  const bytes = writeWorkload(folder);
  const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  console.log(
    `${SERVICES} Knative Services in ${FILES} files, ${(bytes / 1e6).toFixed(1)} MB; ${ROUNDS} rounds, ` +
      `${pinned ? 'each program on one core' : `all of ${cpus().length} cores`}; medians\n`,
  );
  await compare(pinned);
  for (const problem of problems) console.log(problem);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(pinned: boolean): Promise<void> {
  const all = contenders(folder);
  const runs = new Map<string, Measurement[]>(all.map(({ name }) => [name, []]));

  // in turns, so that a slow minute of the machine meets everybody
  for (let round = 1; round <= ROUNDS; round++) {
    for (const { name, command, exits } of all) {
      process.stderr.write(`round ${round} of ${ROUNDS}: ${name}\n`);
      const measurement = await measure(command, pinned);
      if (!exits.includes(measurement.exit)) {
        throw new Error(`${name} ended with ${measurement.exit}, and ${exits.join(' or ')} was expected`);
      }
      runs.get(name)?.push(measurement);
    }
  }

  const floor = median(runs.get('floor')?.map((run) => run.seconds) ?? []);
  console.log(['program', 'seconds', 'x floor', 'peak MiB', 'what it does'].map(pad).join(''));
  for (const { name, does } of all) {
    const measured = runs.get(name) ?? [];
    const seconds = median(measured.map((run) => run.seconds));
    const peak = median(measured.map((run) => run.peakMiB));
    console.log([name, seconds.toFixed(2), (seconds / floor).toFixed(2), peak.toFixed(0), does].map(pad).join(''));
  }
  console.log('');
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function pad(text: string, column: number): string {
  return text.padEnd([16, 10, 10, 11, 0][column] ?? 0);
}
