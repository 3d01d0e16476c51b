/** A Service of the class HPA: Kubernetes' own algorithm steers its Pods by the CPU that they take. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { horizontalPodAutoscalers } from '../../../../controllers/hpa/resources.ts';
import type { ContainerUsage, PodState, Pods } from '../../../../controllers/pods/door.ts';
import { makeServingControllers } from '../../../../controllers/serving/controllers.ts';
import { podAutoscalers, revisions, services } from '../../../../src/knative/resources.ts';
import { pods } from '../../../../src/kubernetes/client/resources.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, uidOf } from '../../../../src/kubernetes/object.ts';
import { timeText } from '../../../../src/kubernetes/time.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { type Cluster, startCluster } from '../../kit/cluster.ts';
import { type Run, run } from '../../kit/run.ts';
import { FakePlane } from './fakePlane.ts';

jest.setTimeout(240_000);

let cluster: Cluster;
let running: Run;
let plane: FakePlane;
let namespace = '';
let count = 0;
const SYNC_MS = 15_000;

/** Pods that run as soon as they are there, each with the CPU that the test says, in parts of one. */
class FakePods implements Pods {
  busy = 0;
  readonly #states = new Map<string, PodState>();
  readonly #used = new Map<string, number>();
  #port = 20_000;

  usageOf(uids: Iterable<string>): ReadonlyMap<string, readonly ContainerUsage[]> {
    const known = [...uids].filter((uid) => this.#used.has(uid));
    return new Map(
      known.map((uid) => [
        uid,
        [{ name: 'user-container', pid: 1, cpuSeconds: this.#used.get(uid) ?? 0, memory: 50_000_000 }],
      ]),
    );
  }

  pass(milliseconds: number): void {
    for (const [uid, seconds] of this.#used) this.#used.set(uid, seconds + (this.busy * milliseconds) / 1000);
  }

  add(pod: JsonObject): void {
    const uid = uidOf(pod);
    if (this.#states.has(uid)) return;
    this.#used.set(uid, 0);
    const port = ++this.#port;
    this.#states.set(uid, { namespace, name: nameOf(pod), uid, labels: {}, port, isReady: true, isEnding: false });
  }

  stateOf(uid: string): PodState | undefined {
    return this.#states.get(uid);
  }

  all(): readonly PodState[] {
    return [...this.#states.values()];
  }

  onChange(): () => void {
    return () => {};
  }
}

let fakePods: FakePods;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());
beforeEach(async () => {
  namespace = `shop-${++count}`;
  await cluster.namespace(namespace);
});
afterEach(() => running.stop());

function aHpaService(annotations: JsonObject, requests: JsonObject = { cpu: '500m' }): JsonObject {
  const own = { 'autoscaling.knative.dev/class': 'hpa.autoscaling.knative.dev', ...annotations };
  const container = { name: 'user-container', image: 'dev.local/shop/cart:1', resources: { requests } };
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace },
    spec: { template: { metadata: { annotations: own }, spec: { containers: [container] } } },
  };
}

async function begin(service: JsonObject): Promise<void> {
  plane = new FakePlane();
  fakePods = new FakePods();
  const clock = new FakeClock();
  running = await run(cluster, {
    clock,
    controllers: makeServingControllers({ instances: { plane, pods: fakePods } }),
  });
  await cluster.client.create(services, service);
  await settle();
}

/** All new Pods run, for a long time already. */
async function settle(): Promise<void> {
  await running.settle();
  const then = timeText(new Date(running.clock.now().getTime() - 3_600_000));
  for (const pod of await podsThere()) {
    fakePods.add(pod);
    if (stringAt(pod, 'status', 'phase') === 'Running') continue;
    const ready = { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: then };
    const status = { phase: 'Running', startTime: then, conditions: [ready] };
    await cluster.client.update(pods, { ...pod, status }, { subresource: 'status' });
  }
  await running.settle();
  // what it tells of itself is written a moment later
  await running.pass(25);
}

async function pass(looks: number): Promise<void> {
  for (let look = 0; look < looks; look++) {
    fakePods.pass(SYNC_MS);
    await running.pass(SYNC_MS);
    await settle();
  }
}

async function podsThere(): Promise<JsonObject[]> {
  const { items } = await cluster.client.list(pods, { namespace });
  return items.filter((pod) => !isBeingDeleted(pod));
}

async function hpa(): Promise<JsonObject> {
  return await cluster.client.get(horizontalPodAutoscalers, { namespace, name: 'cart-00001' });
}

async function podAutoscaler(): Promise<JsonObject> {
  return await cluster.client.get(podAutoscalers, { namespace, name: 'cart-00001' });
}

function condition(object: JsonObject, type: string): string {
  const found = arrayAt(object, 'status', 'conditions')
    .filter(isObject)
    .find((each) => each.type === type);
  return [found?.status, found?.reason].filter((each) => each !== undefined).join(' ');
}

it('comes up, goes up with the CPU that it takes, and down after five minutes', async () => {
  await begin(
    aHpaService({
      'autoscaling.knative.dev/metric': 'cpu',
      'autoscaling.knative.dev/target': '80',
      'autoscaling.knative.dev/max-scale': '10',
    }),
  );
  expect(objectAt(await hpa(), 'spec')).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart-00001-deployment' },
    minReplicas: 1,
    maxReplicas: 10,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  });
  // before it was measured twice, nothing can be said, as in a cluster
  expect(condition(await hpa(), 'ScalingActive')).toBe('False FailedGetResourceMetric');
  expect(await podsThere()).toHaveLength(1);
  expect(condition(await podAutoscaler(), 'Ready')).toBe('True');
  expect(plane.proxied.get(`${namespace}/cart-00001`)).toBe(false);
  expect(plane.ready(`${namespace}/cart-00001`)).toBe(1);

  // one CPU of half a CPU is 200 %: 2.5 times as much as wanted
  fakePods.busy = 1;
  await pass(2);
  expect(condition(await hpa(), 'ScalingActive')).toBe('True ValidMetricFound');
  expect(objectAt(await hpa(), 'status', 'currentMetrics', 0, 'resource', 'current')).toEqual({
    averageUtilization: 200,
    averageValue: '1',
  });
  expect(await podsThere()).toHaveLength(3);
  expect(plane.ready(`${namespace}/cart-00001`)).toBe(3);
  await pass(1);
  expect(objectAt(await podAutoscaler(), 'status')).toMatchObject({ desiredScale: 3, actualScale: 3 });

  fakePods.busy = 0.4;
  await pass(2);
  expect(await podsThere()).toHaveLength(3);
  fakePods.busy = 0.01;
  await pass(18);
  expect(condition(await hpa(), 'AbleToScale')).toBe('True ScaleDownStabilized');
  expect(await podsThere()).toHaveLength(3);
  await pass(6);
  expect(await podsThere()).toHaveLength(1);
  expect(condition(await podAutoscaler(), 'Active')).toBe('True');
});

it('follows min-scale as it is changed, and keeps its number over a restart', async () => {
  await begin(aHpaService({ 'autoscaling.knative.dev/min-scale': '2' }));
  await pass(2);
  expect(await podsThere()).toHaveLength(2);
  // as a schedule writes it
  const body = { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '4' } } };
  await cluster.client.patch(revisions, { namespace, name: 'cart-00001' }, { type: 'merge', body });
  await settle();
  expect(objectAt(await hpa(), 'spec')).toMatchObject({ minReplicas: 4, maxReplicas: 2_147_483_647 });
  await pass(2);
  expect(await podsThere()).toHaveLength(4);

  await running.stop();
  for (const pod of await podsThere()) await cluster.client.delete(pods, { namespace, name: nameOf(pod) });
  running = await run(cluster, {
    clock: running.clock,
    controllers: makeServingControllers({ instances: { plane, pods: fakePods } }),
  });
  await settle();
  expect(await podsThere()).toHaveLength(4);
});

it('says what is missing, and does not go down for it', async () => {
  await begin(aHpaService({ 'autoscaling.knative.dev/min-scale': '1' }, {}));
  await pass(2);
  const found = arrayAt(await hpa(), 'status', 'conditions').filter(isObject);
  expect(found.find(({ type }) => type === 'ScalingActive')?.message).toContain(
    'missing request for cpu in container user-container of Pod cart-00001-deployment-',
  );
  expect(await podsThere()).toHaveLength(1);
});

it('leaves an autoscaler of somebody else alone, and says so', async () => {
  await cluster.apply({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'cart-00001', namespace },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'mine' } },
  });
  await begin(aHpaService({}));
  expect(condition(await podAutoscaler(), 'Active')).toBe('False NotOwned');
  expect(objectAt(await hpa(), 'spec')?.maxReplicas).toBe(3);
  expect(condition(await hpa(), 'AbleToScale')).toBe('False FailedGetScale');
});
