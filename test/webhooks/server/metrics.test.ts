import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../src/policy/catalogue.ts';
import { aPolicy, aService } from '../../policy/builders.ts';
import { metricOf, start, storeOf } from './harness.ts';

const bad = aService({ image: 'nginx:latest' });

describe('/metrics', () => {
  it('counts reviews by kind, operation, environment and verdict, and findings by rule and environment', async () => {
    const app = await start();
    await app.review('/validate/prod', { object: bad });
    await app.review('/validate/prod', { object: bad, operation: 'UPDATE', oldObject: bad });
    await app.review('/mutate/prod', { object: bad });

    const labels = { door: 'validate', kind: 'serving.knative.dev/Service', environment: 'prod' };
    const reviews = 'weir_admission_reviews_total';
    expect(await metricOf(app, reviews, { ...labels, operation: 'CREATE', verdict: 'denied' })).toBe(1);
    expect(await metricOf(app, reviews, { ...labels, operation: 'UPDATE', verdict: 'allowed' })).toBe(1);
    const finding = { rule: 'images/tag', environment: 'prod' };
    expect(await metricOf(app, 'weir_admission_findings_total', { ...finding, action: 'deny' })).toBe(1);
    expect(await metricOf(app, 'weir_admission_findings_total', { ...finding, action: 'warn' })).toBe(1);
    expect(await metricOf(app, 'weir_admission_filled_total', { environment: 'prod' })).toBe(1);
  });

  it('tells the age of caches, the end of the certificate and the policies that judge', async () => {
    const app = await start({ cluster: { ages: () => new Map([['weir.dev/PolicyException', 12.5]]) } });
    expect(await metricOf(app, 'weir_cache_age_seconds', { kind: 'weir.dev/PolicyException' })).toBe(12.5);
    expect(await metricOf(app, 'weir_policy_info', { hash: '0123456789ab' })).toBe(1);
    const expiry = app.certificates.current()?.expiresAt.getTime() ?? 0;
    expect(await metricOf(app, 'weir_certificate_expiry_timestamp_seconds')).toBe(expiry / 1000);
  });

  it('measures most finely around 3 ms', async () => {
    const app = await start();
    await app.review('/validate/prod', { object: bad });
    const { status, headers, text } = await app.send('/metrics');
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const bounds = [...text.matchAll(/weir_admission_duration_seconds_bucket\{le="([^"]+)",door="validate"/g)];
    expect(bounds.map(([, bound]) => bound)).toEqual([
      '0.0005',
      '0.001',
      '0.0015',
      '0.002',
      '0.003',
      '0.005',
      '0.0075',
      '0.01',
      '0.02',
      '0.05',
      '+Inf',
    ]);
    expect(text).toContain('weir_admission_duration_seconds_count{door="validate"} 1');
  });

  it('counts what held no review by its code', async () => {
    const app = await start();
    await app.send('/validate/prod', { method: 'POST', body: '{' });
    await app.send('/nowhere');
    await app.review('/validate/prod', { operation: 'CONNECT' });
    for (const code of [400, 404, 200]) expect(await metricOf(app, 'weir_http_refused_total', { code })).toBe(1);
  });

  it('counts what is lost, reloads and the state of the folder', async () => {
    const app = await start();
    app.metrics.reload(false);
    for (let reading = 0; reading < 2; reading++) expect(await metricOf(app, 'weir_events_lost_total')).toBe(3);
    expect(await metricOf(app, 'weir_policy_reloads_total', { outcome: 'refused' })).toBe(1);
    expect(await metricOf(app, 'weir_policy_refused')).toBe(1);
    app.metrics.reload(true);
    expect(await metricOf(app, 'weir_policy_refused')).toBe(0);
  });
});

describe('a rule that breaks', () => {
  const [first] = catalogue.rules.filter(({ id }) => id === 'images/tag');
  if (first === undefined) throw new Error('images/tag is no rule any more');
  const broken = {
    ...first,
    judge: () => {
      throw new Error('Unexpected token in "hunter2-hunter2"');
    },
  };

  it.each([
    ['deny', false],
    ['warn', true],
  ] as const)(
    'in an environment that says %s: let in %s; counted, and logged without what it quotes',
    async (enforcement, allowed) => {
      const policies = storeOf([aPolicy({ enforcement })]);
      const app = await start({ catalogue: { ...catalogue, rules: [broken] }, policies });
      const response = await app.review('/validate/prod', { object: aService() });
      expect(response.allowed).toBe(allowed);
      expect(response.status?.message ?? response.warnings?.join('\n')).toContain('images/tag');
      expect(await metricOf(app, 'weir_admission_failures_total', { door: 'validate' })).toBe(1);
      const line = app.logged.find(({ msg }) => msg === 'review');
      expect(line).toMatchObject({ level: 'error', failures: [expect.stringContaining('images/tag')] });
      expect(JSON.stringify(app.logged)).not.toContain('hunter2');
    },
  );

  it.each([
    ['deny', false],
    ['warn', true],
  ] as const)(
    'together with the whole review, where the environment says %s: let in %s',
    async (enforcement, allowed) => {
      const knativeDefaults = (): never => {
        throw new Error('hunter2-hunter2');
      };
      const policies = storeOf([aPolicy({ enforcement })]);
      const app = await start({ catalogue: { ...catalogue, knativeDefaults }, policies });
      const response = await app.review('/validate/prod', { object: aService() });
      expect(response.allowed).toBe(allowed);
      expect(response.status?.message ?? response.warnings?.join()).toBe(
        'Weir could not judge this object, which is a mistake of its own; see its log',
      );
      const old = { operation: 'UPDATE', object: aService(), oldObject: aService() };
      expect((await app.review('/mutate/prod', old)).allowed).toBe(true);
      expect(await metricOf(app, 'weir_admission_failures_total', { door: 'validate' })).toBe(1);
      const line = app.logged.find(({ level }) => level === 'error');
      expect(line).toMatchObject({
        mistake: 'Error',
        at: expect.arrayContaining([expect.stringMatching(/^at .*\.ts:\d+:\d+\)?$/)]),
      });
      expect(JSON.stringify(app.logged)).not.toContain('hunter2');
    },
  );

  it('in what stands around a review: that one is not answered, and the next one is', async () => {
    let isBroken = true;
    const now = () => {
      if (isBroken) throw new Error('hunter2-hunter2');
      return new Date();
    };
    const app = await start({ now });
    const { status } = await app.send('/validate/prod', { method: 'POST', body: '{}' });
    expect(status).toBe(500);
    expect(await metricOf(app, 'weir_admission_failures_total', { door: 'validate' })).toBe(1);
    expect(JSON.stringify(app.logged)).not.toContain('hunter2');
    isBroken = false;
    expect((await app.review('/validate/prod', { object: bad })).allowed).toBe(false);
  });
});
