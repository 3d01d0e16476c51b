/** A Service's first request from zero, beside its program alone: from its start until its first answer. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { median, table, verdict } from '../admission/table.ts';
import type { Part, PartOptions } from '../parts.ts';
import { ask } from './ask.ts';
import { freePort } from './freePort.ts';
import { hostOf, make, service } from './platform/services.ts';
import type { Platform } from './platform/start.ts';

const PATIENCE_MS = 20_000;
const LOOK_MS = 1;
/** The platform is to be at rest: what a start has it write comes after the answer. */
const REST_MS = 1_000;
/** What a first request may take beyond the start of its program. */
const MOST_MS = 30;

export async function benchFromZero(
  platform: Platform,
  command: readonly [string, ...string[]],
  { isQuick, tell }: PartOptions,
): Promise<Part> {
  const rounds = isQuick ? 3 : 25;
  // the first of all starts what watches over programs, and is not counted
  const names = Array.from({ length: rounds + 1 }, (_, index) => `zero-${index}`);
  await make(
    platform,
    names.map((name) => service(name)),
  );
  const [first = '', ...others] = names;
  await askFirst(platform, first);
  const [alone, through, onTop]: [number[], number[], number[]] = [[], [], []];
  for (const name of others) {
    await rest();
    const one = await startAlone(command);
    await rest();
    const other = await askFirst(platform, name);
    tell(`${name}: ${one.toFixed(0)} ms alone, ${other.toFixed(0)} ms as a Service`);
    alone.push(one);
    through.push(other);
    onTop.push(other - one);
  }
  const found = median(onTop);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return {
    text: `the first answer of a program that is started for it, ${rounds} pairs, medians\n\n${table(
      ['', 'first answer', 'of a pair'],
      [
        ['the program alone', ms(median(alone)), ''],
        ['a Service at zero', ms(median(through)), `${ms(found)} on top`],
      ],
    )}`,
    aims: [verdict(`a first request at most ${MOST_MS} ms above the program's start`, found <= MOST_MS, ms(found))],
  };
}

async function askFirst({ ingressPort }: Platform, name: string): Promise<number> {
  const { status, took } = await ask(ingressPort, hostOf(name), PATIENCE_MS);
  if (status !== 200) throw new Error(`the first request of ${name} got ${status}`);
  return took;
}

async function startAlone([program, ...args]: readonly [string, ...string[]]): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    await untilListening(port);
    const { status } = await ask(port, 'hello', PATIENCE_MS);
    if (status !== 200) throw new Error(`the program alone answers ${status}`);
    return performance.now() - began;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function untilListening(port: number): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const socket = connect({ port, host: '127.0.0.1' });
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`nothing listens at ${port} within ${PATIENCE_MS} ms`);
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}
