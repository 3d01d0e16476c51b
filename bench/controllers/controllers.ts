/**
 * The controllers as they ship, in a process of their own, with a clock that whoever started it sets by a line on
 * standard input: milliseconds since the epoch. A line that cannot be one, or the end, ends it.
 */
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { startControllers } from '../../controllers/main.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import { boundYoungGeneration, CONTROLLERS_BYTES } from '../../src/process/youngGeneration.ts';

// as bin/weir.js and runControllers have it for weir controller
setFlagsFromString('--heap-growing-percent=40');
boundYoungGeneration(CONTROLLERS_BYTES);

const [kubeconfig = '', policies = '', names = '', begins = ''] = process.argv.slice(2);

/** Runs as the system's does, from another moment on. */
class SetClock implements Clock {
  #ahead: number;
  readonly #waiting = new Map<object, { at: number; callback: () => void }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(begins: number) {
    this.#ahead = begins - Date.now();
  }

  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const key = {};
    this.#waiting.set(key, { at: this.now().getTime() + milliseconds, callback });
    this.#wait();
    return () => void this.#waiting.delete(key);
  }

  set(moment: number): void {
    this.#ahead = moment - Date.now();
    this.#ring();
  }

  #ring(): void {
    const now = this.now().getTime();
    for (const [key, { at, callback }] of [...this.#waiting]) {
      if (at > now || !this.#waiting.delete(key)) continue;
      callback();
    }
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const next = Math.min(...[...this.#waiting.values()].map(({ at }) => at));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(0, next - this.now().getTime()), 2 ** 31 - 1));
  }
}

const clock = new SetClock(Number(begins));
const running = await startControllers(
  {
    policies,
    kubeconfig,
    controllers: names.split(','),
    leaseNamespace: 'default',
    metrics: { port: 0, bind: '127.0.0.1' },
    logLevel: 'info',
    logFile: `${kubeconfig}.controllers.log`,
  },
  { environment: process.env, clock },
);
process.stdout.write(`${JSON.stringify({ metricsPort: running.metricsPort })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const moment = Number(line);
  if (Number.isNaN(moment)) break;
  clock.set(moment);
}
await running.stop();
process.exit(0);
