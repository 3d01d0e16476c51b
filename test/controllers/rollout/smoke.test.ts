/** The smoke test of a preview: where it is asked, what an answer says, and the Job that is made for it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkHttp } from '../../../controllers/rollout/smoke/http.ts';
import { jobName, makeJob, resultOf } from '../../../controllers/rollout/smoke/job.ts';
import { urlOfTag } from '../../../controllers/rollout/smoke/url.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';

const hosts: string[] = [];
/** Answers that somebody ended who did not wait for the rest. */
const ended: string[] = [];
let server: Server;
let port = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    hosts.push(request.headers.host ?? '');
    response.statusCode = request.url === '/healthz' || request.url === '/stream' ? 200 : 500;
    if (request.url !== '/stream') return void response.end();
    response.on('close', () => ended.push(request.url ?? ''));
    response.write('on and on');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const signal = new AbortController().signal;

describe('an HTTP check', () => {
  const check = (path: string, status = 200, at = port, timeout = 30_000) =>
    checkHttp(new URL(`http://preview-cart.shop.localhost:${at}`), { type: 'http', path, status, timeout }, signal);

  it('asks by the name of the preview, which this machine need not know', async () => {
    expect(await check('/healthz')).toMatchObject({ outcome: 'passed' });
    expect(hosts.at(-1)).toBe(`preview-cart.shop.localhost:${port}`);
  });

  it.each([
    ['/broken', 200, 'failed'],
    ['/broken', 500, 'passed'],
  ])('of %s that should answer %i has %s', async (path, status, outcome) => {
    expect((await check(path, status)).outcome).toBe(outcome);
  });

  it.each(['//', '//127.0.0.1:1/latest', '/\\127.0.0.1:1/latest', '/\t/127.0.0.1:1/latest', 'http://127.0.0.1:1/'])(
    'of %j asks nobody, for it leads away from the preview',
    async (path) => {
      const asked = hosts.length;
      const { outcome, message } = await check(path);
      expect([outcome, message]).toEqual(['failed', expect.stringContaining('leads away from')]);
      expect(hosts.length).toBe(asked);
    },
  );

  it('does not hear a stream to its end', async () => {
    expect((await check('/stream')).outcome).toBe('passed');
    while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ended).toEqual(['/stream']);
  });

  it('that nobody answers has failed when its time is over', async () => {
    const { outcome, message } = await check('/healthz', 200, 1, 50);
    expect([outcome, message]).toEqual(['failed', expect.stringContaining('is not answered within 0.05 s')]);
  });
});

describe('where a tag is asked', () => {
  const route = (url: string): JsonObject => ({
    status: {
      address: { url: 'http://cart.shop.svc.cluster.local' },
      traffic: [{ tag: 'preview', url }, { percent: 100 }],
    },
  });

  it.each([
    ['http://preview-cart.shop.localhost:8080', 'http://preview-cart.shop.localhost:8080/'],
    ['http://preview-cart.shop.example.com', 'http://preview-cart.shop.svc.cluster.local/'],
  ])('%s leads to %s', (url, wanted) => {
    expect(urlOfTag(route(url), 'preview')?.href).toBe(wanted);
  });

  it('is not known before the Route says so', () => {
    expect(urlOfTag(undefined, 'preview')).toBeUndefined();
    expect(urlOfTag({ status: { traffic: 7 } }, 'preview')).toBeUndefined();
  });
});

describe('a Job', () => {
  const rollout: JsonObject = { metadata: { name: 'cart', namespace: 'shop', uid: 'u-1' } };
  const container = { name: 'smoke', image: 'shop/smoke', env: [{ name: 'A', value: '1' }, { name: 'PREVIEW_URL' }] };
  const cronJob: JsonObject = {
    spec: {
      jobTemplate: {
        metadata: { labels: { app: 'smoke' } },
        spec: { template: { spec: { containers: [container] } } },
      },
    },
  };

  it('is the template with the address of the preview, and goes with the rollout', () => {
    const name = jobName(rollout, 'cart-00002', '2026-11-22T10:00:00Z');
    expect(makeJob({ name, rollout, cronJob, url: 'http://preview', timeout: 90_500 })).toMatchObject({
      metadata: { name, namespace: 'shop', labels: { app: 'smoke' }, ownerReferences: [{ uid: 'u-1' }] },
      spec: {
        activeDeadlineSeconds: 91,
        template: {
          spec: {
            containers: [
              {
                env: [
                  { name: 'A', value: '1' },
                  { name: 'PREVIEW_URL', value: 'http://preview' },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it('leaves its result to be read, and runs', () => {
    const whole = objectAt(cronJob, 'spec', 'jobTemplate', 'spec') ?? {};
    const kept = { ...whole, ttlSecondsAfterFinished: 0, suspend: true, backoffLimit: 1 };
    const job = makeJob({
      name: 'cart-smoke',
      rollout,
      cronJob: { spec: { jobTemplate: { spec: kept } } },
      url: 'http://preview',
      timeout: 1000,
    });
    expect(Object.keys(objectAt(job, 'spec') ?? {}).sort()).toEqual([
      'activeDeadlineSeconds',
      'backoffLimit',
      'template',
    ]);
  });

  it('has a name of its own each time that a Revision is tried', () => {
    const names = ['2026-11-22T10:00:00Z', '2026-11-22T11:00:00Z'].map((since) =>
      jobName(rollout, 'cart-00002', since),
    );
    expect(new Set(names).size).toBe(2);
    const long = { metadata: { name: 'x'.repeat(200), uid: 'u' } };
    expect(jobName(long, 'cart-00002', '').length).toBeLessThanOrEqual(63);
  });

  it.each([
    [[], 'running'],
    [[{ type: 'Complete', status: 'True' }], 'passed'],
    [[{ type: 'Failed', status: 'True', message: 'DeadlineExceeded' }], 'failed'],
    [[{ type: 'Failed', status: 'False' }], 'running'],
  ])('with %j is %s', (conditions, outcome) => {
    expect(resultOf({ metadata: { name: 'j' }, status: { conditions } }, 'cart-00002').outcome).toBe(outcome);
  });
});
