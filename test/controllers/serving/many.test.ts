/** Many Services in one namespace: what changes of one is looked at for that one alone. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { makeServingControllers } from '../../../controllers/serving/controllers.ts';
import { configurations, services } from '../../../src/knative/resources.ts';
import { aService, aTemplate } from '../../../tools/serving-reference/objects.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

jest.setTimeout(240_000);

const MANY = 12;
let cluster: Cluster;
let running: Run;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('shop');
  running = await run(cluster, { controllers: makeServingControllers() });
  for (let index = 0; index < MANY; index++) {
    const service = aService(`cart-${index}`, { template: aTemplate() });
    await cluster.client.create(services, { ...service, metadata: { name: `cart-${index}`, namespace: 'shop' } });
  }
  await running.settle();
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

/** Rounds so far, by controller. */
async function rounds(): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const metric = await running.registry.getSingleMetric('controller_runtime_reconcile_total')?.get();
  for (const { labels, value } of metric?.values ?? []) {
    const name = String(labels.controller);
    found.set(name, (found.get(name) ?? 0) + value);
  }
  return found;
}

it('a change of one Configuration concerns no Route but its own', async () => {
  const before = await rounds();
  expect(before.get('serving-labeler')).toBeGreaterThanOrEqual(MANY);
  const patch = { type: 'merge', body: { metadata: { labels: { team: 'cart' } } } } as const;
  await cluster.client.patch(configurations, { namespace: 'shop', name: 'cart-0' }, patch);
  await running.settle();
  const after = await rounds();
  const more = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
  expect(more.filter(([, count]) => count >= MANY)).toEqual([]);
});
