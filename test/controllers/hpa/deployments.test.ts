/** A Deployment that a HorizontalPodAutoscaler scales, on the embedded API server. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { hpaController } from '../../../controllers/hpa/controller.ts';
import { horizontalPodAutoscalers } from '../../../controllers/hpa/resources.ts';
import { deployments, pods } from '../../../src/kubernetes/client/resources.ts';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt } from '../../../src/kubernetes/json.ts';
import { uidOf } from '../../../src/kubernetes/object.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

jest.setTimeout(120_000);

let cluster: Cluster;
let running: Run;
let cpuSeconds = 0;
const namespace = 'shop';
const LABELS = { app: 'cart' };
const THEN = '2026-05-04T07:00:00Z';

beforeAll(async () => {
  cluster = await startCluster({ hasKnative: false });
  await cluster.namespace(namespace);
  const usageOf = (uids: Iterable<string>) =>
    new Map([...uids].map((uid) => [uid, [{ name: 'cart', pid: 1, cpuSeconds, memory: 1 }]]));
  running = await run(cluster, { controllers: [hpaController({ pods: { usageOf } })] });
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

const container: JsonObject = { name: 'cart', image: 'dev.local/cart', resources: { requests: { cpu: '1' } } };

async function replicas(): Promise<number | undefined> {
  return numberAt(await cluster.client.get(deployments, { namespace, name: 'cart' }), 'spec', 'replicas');
}

async function status(): Promise<JsonObject> {
  const found = await cluster.client.get(horizontalPodAutoscalers, { namespace, name: 'cart' });
  return objectAt(found, 'status') ?? {};
}

async function reasons(): Promise<(string | undefined)[]> {
  return arrayAt(await status(), 'conditions')
    .filter(isObject)
    .map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
}

function anAutoscaler(spec: JsonObject): JsonObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'cart', namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' }, ...spec },
  };
}

it('says that there is nothing to scale, then scales it, by the CPU of the Pods that it selects', async () => {
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 15 }];
  await cluster.apply(anAutoscaler({ maxReplicas: 5, behavior: { scaleUp: { policies } } }));
  await running.settle();
  expect(await reasons()).toEqual(['AbleToScale False FailedGetScale']);

  const template = { metadata: { labels: LABELS }, spec: { containers: [container] } };
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace },
    spec: { selector: { matchLabels: LABELS }, template },
  });
  for (const [name, labels] of [
    ['cart-1', LABELS],
    ['other', { app: 'other' }],
  ] as const) {
    const pod = await cluster.client.create(pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { containers: [container] },
    });
    const conditions = [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: THEN }];
    const run = { ...pod, status: { phase: 'Running', startTime: THEN, conditions } };
    await cluster.client.update(pods, run, { subresource: 'status' });
    expect(uidOf(pod)).not.toBe('');
  }
  await running.settle();
  await running.pass(15_000);
  cpuSeconds = 45;
  await running.pass(15_000);
  // three times what is requested, of which 80 % is the usual: four Pods, and one at once
  expect(await replicas()).toBe(2);
  expect(await reasons()).toEqual([
    'AbleToScale True SucceededRescale',
    'ScalingActive True ValidMetricFound',
    'ScalingLimited True ScaleUpLimit',
  ]);
  expect(await status()).toMatchObject({ currentReplicas: 1, desiredReplicas: 2 });
  expect(arrayAt(await status(), 'currentMetrics')).toEqual([
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 300, averageValue: '3' } } },
  ]);
});

it('leaves one at zero alone, and brings one above its most back', async () => {
  await cluster.client.patch(
    deployments,
    { namespace, name: 'cart', subresource: 'scale' },
    { type: 'merge', body: { spec: { replicas: 0 } } },
  );
  await running.settle();
  await running.pass(15_000);
  expect(await replicas()).toBe(0);
  expect(await reasons()).toContain('ScalingActive False ScalingDisabled');
  await cluster.client.patch(
    deployments,
    { namespace, name: 'cart', subresource: 'scale' },
    { type: 'merge', body: { spec: { replicas: 9 } } },
  );
  await running.settle();
  await running.pass(15_000);
  expect(await replicas()).toBe(5);
});
