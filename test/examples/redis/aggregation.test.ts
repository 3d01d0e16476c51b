/** examples/aggregation on `weir up` with a real Redis, both of which are killed among measurements. */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { freePorts } from '../../../tools/controlplane/process/ports.ts';
import { answers, provideRedis, type RedisProgram, startRedis } from '../../../tools/redis/provide.ts';
import { type Platform, startPlatform } from '../platform.ts';

jest.setTimeout(300_000);

/** Tomorrow: the ticks of the PingSource, which say what time it is now, end no window of the test's. */
const T = Math.ceil(Date.now() / 60_000) * 60_000 + 24 * 3_600_000;
const BROKER = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'default' } };

let platform: Platform;
let folder: string;
let program: RedisProgram;
let port: number;
let redis: ChildProcess;

beforeAll(async () => {
  program = await provideRedis();
  folder = mkdtempSync(path.join(tmpdir(), 'weir-redis-'));
  [port = 0] = await freePorts(1);
  platform = await startPlatform('aggregation');
  await redisIsUp();
  const url = `redis://127.0.0.1:${port}`;
  const credentials = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'redis-credentials' },
    stringData: { url },
  };
  await platform.apply(credentials, '../event-display/event-display.yaml', 'aggregation.yaml');
}, 300_000);

afterAll(async () => {
  await platform?.end();
  redis?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}, 300_000);

async function redisIsUp(): Promise<void> {
  redis = startRedis(program, { port, folder });
  await platform.until(() => answers(port), 'Redis');
}

function at(seconds: number): string {
  return new Date(T + seconds * 1000).toISOString();
}

/** Twice, as a producer does that is not sure. */
async function measure(id: string, seconds: number, value: number, subject = 'heat'): Promise<void> {
  const event = { id, type: 'measurement.taken.v1', subject, time: at(seconds), data: { value } };
  for (let copy = 0; copy < 2; copy++) expect(await platform.send(event)).toBe(202);
}

/** Nobody waits for a minute to pass. */
async function tick(seconds: number): Promise<void> {
  const id = `tick-${seconds}`;
  expect(await platform.send({ id, type: 'dev.knative.sources.ping', time: at(seconds) })).toBe(202);
  await delivered(id);
}

async function delivered(id: string): Promise<void> {
  const isDelivered = async () => (await platform.trace(id)).events.some(({ lanes }) => lanes.every(isDone));
  const isDone = ({ state }: { readonly state: string }) => state === 'delivered';
  await platform.until(isDelivered, `${id} is delivered`);
}

interface Summed {
  readonly id: string;
  readonly subject: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function shown(type: string, subject = 'heat'): Promise<Summed[]> {
  const lines = (await platform.logs('app=event-display')).split('\n').filter((line) => line !== '');
  return lines.map((line): Summed => JSON.parse(line)).filter((each) => each.type === type && each.subject === subject);
}

async function summed(count: number, subject = 'heat'): Promise<Summed | undefined> {
  const found = async () => (await shown('measurement.summed.v1', subject)).find(({ data }) => data.count === count);
  await platform.until(async () => (await found()) !== undefined, `a sum of ${count}`);
  return found();
}

describe('aggregation', () => {
  it('sums a window once it is over, each event once', async () => {
    await measure('m-1', 1, 20.5);
    await measure('m-2', 59, 21.5);
    await measure('m-3', 60, 99);
    await delivered('m-1');
    await delivered('m-2');
    await tick(65);
    expect(await summed(2)).toMatchObject({
      id: `heat/${at(0)}/2`,
      data: { from: at(0), to: at(60), count: 2, sum: 42, min: 20.5, max: 21.5 },
    });
  });

  it('tells of it once more when something came late, and says of what came too late', async () => {
    await measure('m-4', 30, 18);
    await delivered('m-4');
    await tick(66);
    expect((await summed(3))?.data).toMatchObject({ from: at(0), count: 3, sum: 60, min: 18, max: 21.5 });

    await tick(7200);
    await measure('m-5', 30, 18);
    await platform.until(async () => (await shown('measurement.late.v1')).length > 0, 'it is told');
    const [late] = await shown('measurement.late.v1');
    expect(late?.data).toMatchObject({
      measurement: { id: 'm-5', source: '/test', time: at(30), data: { value: 18 } },
    });
  });

  it('loses nothing and counts nothing twice when Redis, the aggregator and the platform are killed', async () => {
    const many = Array.from({ length: 40 }, (_, index) => index);
    const sent = many.slice(0, 20).map((index) => measure(`n-${index}`, 7260 + index, index, 'cold'));
    await Promise.race(sent);
    const gone = new Promise((resolve) => redis.once('exit', resolve));
    redis.kill('SIGKILL');
    await gone;
    await Promise.all(sent);
    const selector = { namespace: 'default', labelSelector: 'serving.knative.dev/service=aggregator' };
    for (const pod of (await platform.client.list(pods, selector)).items) {
      await platform.client.delete(pods, { namespace: 'default', name: nameOf(pod) });
    }
    await redisIsUp();
    const others = many.slice(20).map((index) => measure(`n-${index}`, 7260 + index, index, 'cold'));
    await Promise.race(others);
    await platform.kill();
    // who got no 202 sends again
    await Promise.allSettled(others);
    await platform.start();
    await platform.isReady(BROKER);
    for (const index of many) await measure(`n-${index}`, 7260 + index, index, 'cold');
    for (const index of many) await delivered(`n-${index}`);
    await tick(7400);
    expect((await summed(40, 'cold'))?.data).toMatchObject({ from: at(7260), count: 40, sum: 780, min: 0, max: 39 });
  });
});
