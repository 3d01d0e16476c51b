/** A preview that is looked at before the switch: by a request, by a Job, and by a person who changes their mind. */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jobs } from '../../../controllers/jobs/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../src/kubernetes/client/errors.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { endJobs, smokeCronJob } from './smokeJob.ts';
import { ANALYSIS, FIRST, MINUTE, SECOND, Stage, TIMEOUT } from './stage.ts';

jest.setTimeout(TIMEOUT);

const stage = new Stage();
beforeAll(() => stage.begin(), TIMEOUT);
afterEach(() => stage.close());
afterAll(() => stage.end());

async function deployed(blueGreen: JsonObject): Promise<void> {
  await stage.open({ spec: { strategy: { blueGreen } } });
  await stage.start();
  await stage.settle();
  await stage.deploy('2');
  await stage.settle();
}

/** A client to which no Job is made. */
async function without(error: Error): Promise<Client> {
  const { client } = await stage.cluster.connect();
  return new Proxy(client, {
    get(target, key) {
      if (key === 'create') {
        const create: Client['create'] = (resource, object, options) =>
          resource.plural === 'jobs' ? Promise.reject(error) : target.create(resource, object, options);
        return create;
      }
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const JOB = { autoPromoteAfter: '1m', smokeTest: { job: { fromCronJob: 'smoke' } } };

const HTTP = { smokeTest: { http: { path: '/healthz' } } };

describe('blueGreen', () => {
  it('switches at once after the preview has stood its time, keeps the old one, and goes back at a word', async () => {
    stage.answer = 200;
    await deployed({ autoPromoteAfter: '1m', keepOld: '10m', ...HTTP });
    expect(await stage.traffic()).toBe('00001 100, 00002 0 preview');
    await stage.pass(MINUTE);
    expect(await stage.traffic()).toBe('00002 100, 00001 0 previous');
    expect(await stage.minScale(FIRST)).toBe('4');

    await stage.say('undo');
    expect(await stage.traffic()).toBe('00001 100');
    expect(await stage.condition('Ready')).toMatch(/^False Undone/);
  });

  it('lets the old one go after keepOld', async () => {
    stage.answer = 200;
    await deployed({ autoPromoteAfter: '1m', keepOld: '10m' });
    await stage.pass(MINUTE);
    expect(await stage.traffic()).toBe('00002 100, 00001 0 previous');
    await stage.pass(12 * MINUTE, 2 * MINUTE);
    expect(await stage.traffic()).toBe('00002 100');
    expect(await stage.traced()).toEqual([]);
  });

  it('does not switch to what does not pass its smoke test', async () => {
    stage.answer = 500;
    await deployed({ autoPromoteAfter: '1m', ...HTTP });
    await stage.settle();
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    expect(await stage.condition('Ready')).toMatch(/^False SmokeTestFailed: .*answers 500, and should answer 200/);
  });

  it.each([400, 403, 422])('by a Job that is refused with %i has failed, with the sentence', async (status) => {
    await stage.open({ spec: { strategy: { blueGreen: JOB } } });
    await stage.cluster.apply(smokeCronJob(stage.namespace));
    await stage.start({ client: await without(new ApiError(status, 'Forbidden', 'the quota is used up')) });
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    expect([await stage.traffic(), await stage.phase()]).toEqual(['00001 100', 'Failed 0 0%']);
    expect(await stage.condition('Ready')).toMatch(/^False SmokeTestFailed: .*CronJob smoke may not be made.*quota/);
  });

  it('by a Job that is not made for now is judged by its metrics all the same', async () => {
    await stage.open({ spec: { strategy: { blueGreen: JOB }, analysis: ANALYSIS } });
    await stage.cluster.apply(smokeCronJob(stage.namespace));
    await stage.start({ client: await without(new ApiError(500, 'InternalError', 'etcd is away')) });
    await stage.settle();
    stage.fares.set(SECOND, { errors: 0.5, requests: 100 });
    await stage.deploy('2');
    await stage.settle();
    // each round fails for the Job, and is tried again later and later
    for (let minute = 0; minute < 60 && (await stage.phase()) !== 'Failed 0 0%'; minute++) await stage.pass(MINUTE);
    expect(await stage.condition('Ready')).toMatch(/^False AnalysisFailed/);
  });

  it.each<['Complete' | 'Failed', string]>([
    ['Complete', '00002 100'],
    ['Failed', '00001 100'],
  ])('by a Job that is %s has %s', async (type, traffic) => {
    await stage.open({
      spec: { strategy: { blueGreen: JOB } },
    });
    await stage.cluster.apply(smokeCronJob(stage.namespace));
    await stage.start();
    await stage.settle();
    await stage.deploy('2');
    await stage.settle();
    await stage.pass(2 * MINUTE);
    expect(await stage.traffic()).toBe('00001 100, 00002 0 preview');
    const { items } = await stage.cluster.client.list(jobs, { namespace: stage.namespace });
    expect(items.length).toBe(1);
    const [job = {}] = items;
    const [container] = arrayAt(job, 'spec', 'template', 'spec', 'containers');
    const url = stringAt(arrayAt(container, 'env')[0], 'value') ?? '';
    expect(url).toMatch(/^http:\/\/preview-api-service\.shop-\d+\.localhost:\d+\/$/);

    await endJobs(stage.cluster.client, stage.namespace, type);
    await stage.settle();
    expect(await stage.traffic()).toBe(traffic);
    expect(await stage.revisions()).toEqual([FIRST, SECOND]);
  });
});
