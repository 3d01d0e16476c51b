import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jobControllers } from '../../../controllers/jobs/controllers.ts';
import { cronJobs, jobs } from '../../../controllers/jobs/resources.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

jest.setTimeout(180_000);

const MINUTE = 60_000;

let cluster: Cluster;
let running: Run;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
});

afterAll(() => cluster.stop());

beforeEach(async () => {
  namespace = `shop-${++count}`;
  await cluster.namespace(namespace);
  // objects are made at the server's time: also where its minute ends meanwhile, a start lies between that and the clock
  const now = Math.ceil(Date.now() / MINUTE) * MINUTE + MINUTE + 1_000;
  running = await run(cluster, { controllers: jobControllers, clock: new FakeClock(new Date(now).toISOString()) });
});

afterEach(() => running.stop());

async function apply(spec: JsonObject): Promise<void> {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'prog/x' }] } };
  await cluster.apply({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'nightly', namespace },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } }, ...spec },
  });
  await running.settle();
}

async function jobNames(): Promise<string[]> {
  const { items } = await cluster.client.list(jobs, { namespace });
  return items
    .filter((item) => stringAt(item, 'metadata', 'deletionTimestamp') === undefined)
    .map(nameOf)
    .sort();
}

/** What runs all Pods that are there to this end. */
async function finish(phase: 'Succeeded' | 'Failed'): Promise<void> {
  const { items } = await cluster.client.list(pods, { namespace });
  for (const pod of items) {
    const body = { status: { phase } };
    await cluster.client.patch(pods, { namespace, name: nameOf(pod), subresource: 'status' }, { type: 'merge', body });
  }
  await running.settle();
}

/** The Job of the minute that the clock shows. */
function nameNow(): string {
  return `nightly-${Math.floor(running.clock.now().getTime() / MINUTE)}`;
}

describe('a CronJob', () => {
  it('makes a Job at each of its times, keeps three that succeeded, and tells of them', async () => {
    await apply({});
    const names = [nameNow()];
    expect(await jobNames()).toEqual(names);
    for (let minute = 0; minute < 4; minute++) {
      await finish('Succeeded');
      await running.pass(MINUTE);
      names.push(nameNow());
    }
    expect(await jobNames()).toEqual(names.slice(-4)); // three that are over, and the one that runs
    const cronJob = await cluster.client.get(cronJobs, { namespace, name: 'nightly' });
    expect(cronJob).toMatchObject({ status: { active: [{ name: nameNow() }], lastSuccessfulTime: expect.anything() } });
    await running.pass(10);
    expect(await jobNames()).toHaveLength(4);
  });

  it.each([
    ['Allow', (first: string, second: string) => [first, second]],
    ['Forbid', (first: string) => [first]],
    ['Replace', (_: string, second: string) => [second]],
  ])('minds its concurrency policy %s', async (concurrencyPolicy, expected) => {
    await apply({ concurrencyPolicy });
    const first = nameNow();
    await running.pass(MINUTE);
    expect(await jobNames()).toEqual(expected(first, nameNow()));
  });

  it('that is suspended makes none', async () => {
    await apply({ suspend: true });
    await running.pass(MINUTE);
    expect(await jobNames()).toEqual([]);
  });
});
