/** What an interval says, and what Prometheus is asked. */
import { describe, expect, it } from '@jest/globals';
import { judge } from '../../src/rollout/analysis.ts';
import type { MetricResult } from '../../src/rollout/observed.ts';
import { authorsQuery, builtInQuery, requestsQuery } from '../../src/rollout/queries.ts';
import { readStatus, statusJson } from '../../src/rollout/status.ts';
import { ANALYSIS, aRollout } from './builders.ts';
import { atRest, SECOND } from './world.ts';

const { analysis } = aRollout({ analysis: ANALYSIS });
if (analysis === undefined) throw new Error('no analysis');

const value = (name: string, of: number): MetricResult => ({ name, value: { type: 'value', value: of } });
const none = (name: string): MetricResult => ({ name, value: { type: 'none', message: 'no value' } });
const error = (name: string): MetricResult => ({
  name,
  value: { type: 'error', message: 'Prometheus does not answer' },
});

describe('an interval', () => {
  it.each<[number | undefined, readonly MetricResult[], string, boolean]>([
    [100, [value('error-rate', 0.01), value('p95-latency', 0.5)], 'Passed', true],
    [100, [value('error-rate', 0.0101), value('p95-latency', 0.5)], 'Failed', true],
    [100, [value('error-rate', 0), value('p95-latency', 0.501)], 'Failed', true],
    [99.6, [value('error-rate', 0), value('p95-latency', 0)], 'Passed', true],
    [99, [value('error-rate', 1), value('p95-latency', 9)], 'Inconclusive', true],
    [undefined, [value('error-rate', 1), value('p95-latency', 9)], 'Inconclusive', true],
    [Number.NaN, [value('error-rate', 1), value('p95-latency', 9)], 'Inconclusive', true],
    [100, [none('error-rate'), value('p95-latency', 0)], 'Inconclusive', true],
    [100, [error('error-rate'), value('p95-latency', 0)], 'Inconclusive', false],
    [100, [value('p95-latency', 0)], 'Inconclusive', false],
    [100, [], 'Inconclusive', false],
    // what is bad is bad, whatever else nobody knows
    [100, [error('error-rate'), value('p95-latency', 9)], 'Failed', false],
    // Prometheus may say anything
    [100, [value('error-rate', Number.NaN), value('p95-latency', 0)], 'Inconclusive', true],
    [100, [value('error-rate', 7), value('p95-latency', 0)], 'Inconclusive', true],
    [100, [value('error-rate', -1), value('p95-latency', 0)], 'Inconclusive', true],
    [100, [value('error-rate', 0), value('p95-latency', Number.POSITIVE_INFINITY)], 'Inconclusive', true],
  ])('of %p requests with %j is %s', (requests, metrics, verdict, isAnswered) => {
    const result = { revision: SECOND, from: 0, to: 30_000, requests, metrics };
    expect(judge(analysis, result)).toMatchObject({ verdict, isAnswered });
  });

  it('may have any value where an author asks', () => {
    const metrics = [{ name: 'carts', max: -3, query: 'carts' }];
    const result = (of: number) => ({
      revision: SECOND,
      from: 0,
      to: 1,
      requests: undefined,
      metrics: [value('carts', of)],
    });
    expect(judge({ ...analysis, minimumRequests: 0, metrics }, result(-4)).verdict).toBe('Passed');
    expect(judge({ ...analysis, minimumRequests: 0, metrics }, result(-2)).message).toBe('carts is -2, above -3');
  });
});

describe('queries', () => {
  const asked = { namespace: 'shop-prod', revision: SECOND, interval: 30_000 };

  it('ask in the words of both generations of Knative, for one Revision, over one interval', () => {
    for (const query of [requestsQuery(asked), builtInQuery('error-rate', asked), builtInQuery('p95-latency', asked)]) {
      expect(query).toContain(`target_info{k8s_namespace_name="shop-prod",kn_revision_name="${SECOND}"}`);
      expect(query).toContain(`namespace_name="shop-prod",revision_name="${SECOND}"`);
      expect(query).toContain('[30s]');
      expect(query.split('(').length).toBe(query.split(')').length);
    }
    expect(builtInQuery('p95-latency', asked)).toMatch(/revision_request_latencies_bucket.*\/ 1000/);
    expect(requestsQuery(asked)).toMatch(/increase\(http_server_request_duration_seconds_count\{kn_revision_name=""\}/);
  });

  it('stand for nothing else in a query of an author', () => {
    const query = authorsQuery(
      'rate(x{ns="$namespace",r=~"$revision|$stable",s="$service",t="$other"}[$interval])',
      asked,
      {
        service: 'api-service',
        stable: 'api-service-00001',
      },
    );
    expect(query).toBe(
      'rate(x{ns="shop-prod",r=~"api-service-00002|api-service-00001",s="api-service",t="$other"}[30s])',
    );
  });
});

describe('a status', () => {
  it('comes back as it was written', () => {
    const world = atRest(aRollout({ analysis: ANALYSIS }));
    world.ready(world.create(), 4);
    world.goWell(100);
    const status = world.known();
    expect(status?.analysis).toBeDefined();
    if (status !== undefined) expect(readStatus({ status: statusJson(status) })).toEqual(status);
  });

  it.each([
    [{}],
    [{ phase: 'Healthy' }],
    [{ phase: 'Odd', since: '2026-11-23T10:00:00Z' }],
    [{ phase: 'Healthy', since: 'now' }],
    [{ phase: 7, since: [] }],
  ])('of %j is none', (status) => {
    expect(readStatus({ status })).toBeUndefined();
  });

  it.each([
    [{ phase: 'Healthy' }],
    [{ phase: 'Progressing', stable: 'a', candidate: { revision: 'b' }, weight: 50 }],
    [{ phase: 'Progressing', candidate: { revision: 'b', tag: 'c', since: '2026-11-23T10:00:00Z' }, weight: 50 }],
  ])('with holes (%j) is begun anew', (status) => {
    expect(readStatus({ status: { since: '2026-11-23T10:00:00Z', ...status } })?.phase).toBe('Waiting');
  });
});
