/** What Prometheus is told of Revisions is what the catalogue, and so docs/metrics.md, says. */
import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Fleet } from '../../../../controllers/serving/instances/fleet.ts';
import { instancesMetrics } from '../../../../controllers/serving/instances/metrics.ts';
import { SERVING_METRICS } from '../../../../controllers/serving/instances/metricsCatalogue.ts';
import { readSettings } from '../../../../controllers/serving/settings.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { FakePlane } from './fakePlane.ts';

const KEY = 'shop/cart-00001';

it('are all there, with their labels, of a Revision that had a request', async () => {
  const plane = new FakePlane();
  const fleet = new Fleet({ plane, pods: undefined }, { changed: () => {}, misses: () => {}, woke: () => {} });
  const metadata: JsonObject = {
    name: 'cart-00001',
    namespace: 'shop',
    uid: 'revision',
    labels: { 'serving.knative.dev/configuration': 'cart', 'serving.knative.dev/service': 'cart' },
  };
  const seen = {
    revision: { metadata },
    podAutoscaler: { metadata },
    pods: [],
    settings: readSettings([], 'localhost'),
  };
  fleet.see(KEY, seen, 0);
  const registry = new Registry();
  const state = { revision: KEY, waiting: 1, queued: 2, active: 3, instances: 1 };
  const observer = instancesMetrics(registry, { fleet, now: () => 0, states: () => [state] });
  const request = { revision: KEY, status: 200, milliseconds: 30, waitedMilliseconds: 20 };
  observer.onRequest({ ...request, isProxied: true, isColdStart: true });

  const told = await registry.getMetricsAsJSON();
  expect(told.map(({ name }) => name).sort()).toEqual(Object.keys(SERVING_METRICS).sort());
  for (const { name, type, help, values } of told) {
    const { labels, ...rest } = SERVING_METRICS[name] ?? { labels: [] };
    expect({ type: String(type), help }).toEqual(rest);
    const [value] = values;
    if (value === undefined) continue;
    expect(Object.keys(value.labels).filter((label) => label !== 'le')).toEqual([...labels]);
    expect(value.labels).toMatchObject({
      k8s_namespace_name: 'shop',
      kn_revision_name: 'cart-00001',
      kn_service_name: 'cart',
    });
  }
  expect(told.find(({ name }) => name === 'kn_revision_request_queued')?.values[0]?.value).toBe(3);
});
