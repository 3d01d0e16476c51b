/** 500 requests at once for a Service at zero: none is lost, and how long the last one waited. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { median, table, verdict } from '../admission/table.ts';
import type { Part, PartOptions } from '../parts.ts';
import { ask } from './ask.ts';
import { freePort } from './freePort.ts';
import { hostOf, make, type ServiceOptions, service } from './platform/services.ts';
import type { Platform } from './platform/start.ts';

const AT_ONCE = 500;
/** How long the program takes for a request. */
const WORK_MS = 100;
const PATIENCE_MS = 60_000;

const KINDS: readonly { readonly name: string; readonly options: ServiceOptions }[] = [
  { name: 'containerConcurrency 0', options: { annotations: { 'max-scale': '5' } } },
  { name: 'containerConcurrency 20', options: { annotations: { 'max-scale': '5' }, containerConcurrency: 20 } },
];

interface Burst {
  readonly errors: number;
  readonly p50: number;
  readonly last: number;
}

export async function benchBurst(
  platform: Platform,
  command: readonly [string, ...string[]],
  { isQuick, tell }: PartOptions,
): Promise<Part> {
  const rounds = isQuick ? 1 : 3;
  const env = { MILLISECONDS: String(WORK_MS) };
  const bare = await burstsAlone(command, env, rounds);
  const rows = [rowOf('the program, running already', bare)];
  let errors = 0;
  for (const [kind, { name, options }] of KINDS.entries()) {
    const names = Array.from({ length: rounds }, (_, index) => `burst-${kind}-${index}`);
    await make(
      platform,
      names.map((each) => service(each, { ...options, env })),
    );
    const bursts: Burst[] = [];
    for (const each of names) {
      tell(`${AT_ONCE} at once for ${each}`);
      bursts.push(await burst(platform.ingressPort, hostOf(each)));
    }
    errors += bursts.reduce((sum, each) => sum + each.errors, 0);
    rows.push(rowOf(`a Service at zero, ${name}`, bursts));
  }
  const head = ['', 'errors', 'p50', 'last answer'];
  return {
    text: `${AT_ONCE} requests at once, each ${WORK_MS} ms of work, ${rounds} times, at most 5 Pods\n\n${table(head, rows)}`,
    aims: [verdict(`a burst from 0 to ${AT_ONCE} at once with no error`, errors === 0, `${errors} errors`)],
  };
}

function rowOf(name: string, bursts: readonly Burst[]): string[] {
  const of = (pick: (burst: Burst) => number) => median(bursts.map(pick));
  const errors = bursts.reduce((sum, each) => sum + each.errors, 0);
  return [name, String(errors), `${of(({ p50 }) => p50).toFixed(0)} ms`, `${of(({ last }) => last).toFixed(0)} ms`];
}

async function burstsAlone(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  rounds: number,
): Promise<Burst[]> {
  const port = await freePort();
  const child = spawn(program, args, { env: { ...process.env, ...env, PORT: String(port) }, stdio: 'ignore' });
  const bursts: Burst[] = [];
  try {
    await untilListening(port, child);
    for (let round = 0; round < rounds; round++) bursts.push(await burst(port, 'hello'));
  } finally {
    child.kill();
  }
  return bursts;
}

async function burst(port: number, host: string): Promise<Burst> {
  const answers = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => ask(port, host, PATIENCE_MS)));
  const good = answers.flatMap((each) =>
    each.status === 'fulfilled' && each.value.status === 200 ? [each.value.took] : [],
  );
  return { errors: AT_ONCE - good.length, p50: median(good), last: Math.max(...good) };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`the program ended with ${child.exitCode}`);
}
