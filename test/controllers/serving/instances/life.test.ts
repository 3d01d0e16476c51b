/** A Service's life with something that runs Pods and a Plane, told by hand: up, under load, to zero and back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { makeServingControllers } from '../../../../controllers/serving/controllers.ts';
import { podAutoscalers, revisions, routes, services } from '../../../../src/knative/resources.ts';
import type { Client } from '../../../../src/kubernetes/client/client.ts';
import { ApiError } from '../../../../src/kubernetes/client/errors.ts';
import { pods } from '../../../../src/kubernetes/client/resources.ts';
import { arrayAt, type JsonObject, numberAt, objectAt, stringAt } from '../../../../src/kubernetes/json.ts';
import { nameOf } from '../../../../src/kubernetes/object.ts';
import { aService, aTemplate } from '../../../../tools/serving-reference/objects.ts';
import { type Cluster, startCluster } from '../../kit/cluster.ts';
import { type Run, run } from '../../kit/run.ts';
import { FakePlane } from './fakePlane.ts';

jest.setTimeout(240_000);

let cluster: Cluster;
let plane: FakePlane;
let running: Run;
let namespace = '';
let count = 0;
/** What becomes of each new Pod: ready at once, or as the test says. */
let statusOf: (pod: JsonObject) => JsonObject | undefined = ready;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

beforeEach(async () => {
  namespace = `shop-${++count}`;
  statusOf = ready;
  await cluster.namespace(namespace);
});

let port = 20_000;

function ready(pod: JsonObject): JsonObject {
  return { phase: 'Running', conditions: [condition('Ready', 'True')], podIP: '127.0.0.1', message: nameOf(pod) };
}

function condition(type: string, status: string): JsonObject {
  return { type, status, lastProbeTime: null, lastTransitionTime: '2026-05-04T08:00:00Z' };
}

/** What runs Pods, in one step: each new one gets its port and its status. */
async function runPods(): Promise<void> {
  for (const pod of await podsThere()) {
    const status = statusOf(pod);
    if (status === undefined || stringAt(pod, 'status', 'phase') === status.phase) continue;
    const metadata = { ...objectAt(pod, 'metadata'), annotations: { 'platform.weir.dev/port': String(++port) } };
    const written = await cluster.client.update(pods, { ...pod, metadata });
    await cluster.client.update(pods, { ...written, status }, { subresource: 'status' });
  }
  await running.settle();
}

async function podsThere(): Promise<readonly JsonObject[]> {
  return (await cluster.client.list(pods, { namespace })).items;
}

async function begin(options: { template?: JsonObject; config?: Record<string, string> } = {}): Promise<void> {
  plane = new FakePlane();
  await cluster.namespace('knative-serving');
  await cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
    data: { 'stable-window': '6s', 'scale-to-zero-grace-period': '6s', ...options.config },
  });
  running = await run(cluster, { controllers: makeServingControllers({ instances: { plane } }) });
  const service = aService('cart', { template: options.template ?? aTemplate() });
  await cluster.client.create(services, { ...service, metadata: { name: 'cart', namespace } });
  await running.settle();
}

/** As a ScalingSchedule writes it: on the Revision, from where it comes to the PodAutoscaler. */
async function minScale(value: string | null): Promise<void> {
  const body = { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': value } } };
  await cluster.client.patch(revisions, { namespace, name: 'cart-00001' }, { type: 'merge', body });
  await running.settle();
}

async function seconds(number: number): Promise<void> {
  for (let second = 0; second < number; second++) {
    await running.pass(1000);
    await runPods();
  }
}

async function readiness(resource: typeof services, name: string, type = 'Ready'): Promise<string> {
  const object = await cluster.client.get(resource, { namespace, name });
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return `${stringAt(found, 'status')} ${stringAt(found, 'reason') ?? ''}`.trim();
}

const cart = () => `${namespace}/cart-00001`;

describe('a Service with instances', () => {
  it('is known to a new Plane before its hosts are, for which requests wait', async () => {
    await begin();
    await runPods();
    await running.stop();
    const known: boolean[] = [];
    const next = new FakePlane();
    const setRoutes = next.setRoutes.bind(next);
    next.setRoutes = (told) => {
      setRoutes(told);
      if (told.some(({ host }) => host === `cart.${namespace}.localhost`)) known.push(next.revisions.has(cart()));
    };
    running = await run(cluster, { controllers: makeServingControllers({ instances: { plane: next } }) });
    try {
      await running.settle();
      expect(known[0]).toBe(true);
      expect(next.explain(`cart.${namespace}.localhost`)?.isPending).toBe(true);
      expect(next.explain(`card.${namespace}.localhost`)).toBeUndefined();
    } finally {
      await running.stop();
    }
  });

  it('comes up, is known to the Plane, goes to zero and comes back for a request', async () => {
    await begin();
    try {
      expect(await podsThere()).toHaveLength(1);
      expect(await readiness(services, 'cart')).toBe('Unknown RevisionMissing');
      expect(plane.revisions.has(cart())).toBe(true);
      await runPods();
      expect(plane.ready(cart())).toBe(1);
      expect(await readiness(services, 'cart')).toBe('True');
      expect(await readiness(podAutoscalers, 'cart-00001', 'Active')).toBe('True');
      expect(plane.routes.map(({ host }) => host)).toContain(`cart.${namespace}.localhost`);
      expect(plane.routes.map(({ host }) => host)).toContain(`cart.${namespace}.svc.cluster.local`);

      await seconds(8);
      expect(await readiness(podAutoscalers, 'cart-00001', 'Active')).toBe('False NoTraffic');
      expect(plane.proxied.get(cart())).toBe(true);
      await seconds(8);
      expect(await podsThere()).toHaveLength(0);
      expect(plane.ready(cart())).toBe(0);
      expect(await readiness(services, 'cart')).toBe('True');
      const asked = plane.reports;
      await seconds(3);
      expect(plane.reports).toBe(asked);

      plane.wait(cart());
      await running.settle();
      expect(await podsThere()).toHaveLength(1);
      expect(await readiness(podAutoscalers, 'cart-00001', 'Active')).toBe('Unknown Queued');
      await runPods();
      expect(plane.ready(cart())).toBe(1);
      expect(await readiness(podAutoscalers, 'cart-00001', 'Active')).toBe('True');
    } finally {
      await running.stop();
    }
  });

  it('has the Pods of a larger min-scale also where there are none, and none once that is over', async () => {
    await begin();
    try {
      await runPods();
      await seconds(16);
      expect(await podsThere()).toHaveLength(0);

      await minScale('3');
      await seconds(2);
      expect(await podsThere()).toHaveLength(3);
      expect(await readiness(podAutoscalers, 'cart-00001', 'Active')).toBe('True');

      await minScale(null);
      await seconds(16);
      expect(await podsThere()).toHaveLength(0);
    } finally {
      await running.stop();
    }
  });

  it('has as many Pods as its load asks for, and those that go are drained first', async () => {
    await begin({ template: { ...aTemplate({ annotations: { 'autoscaling.knative.dev/target': '10' } }) } });
    try {
      await runPods();
      plane.loads.set(cart(), { concurrency: 30, requests: 30 });
      await seconds(4);
      const { length } = await podsThere();
      expect(length).toBeGreaterThanOrEqual(3);
      expect(plane.ready(cart())).toBe(length);
      const scaled = await cluster.client.get(podAutoscalers, { namespace, name: 'cart-00001' });
      expect(numberAt(scaled, 'status', 'actualScale')).toBe(length);

      plane.drainsAtOnce = false;
      plane.loads.set(cart(), { concurrency: 1, requests: 1 });
      await seconds(20);
      expect(plane.ready(cart())).toBe(1);
      expect(await podsThere()).toHaveLength(length);
      for (const let_go of plane.draining.values()) let_go();
      await new Promise((resolve) => setTimeout(resolve, 1));
      await running.settle();
      expect(await podsThere()).toHaveLength(1);
    } finally {
      await running.stop();
    }
  });

  it('says why it does not start', async () => {
    await begin();
    try {
      statusOf = () => ({
        phase: 'Pending',
        conditions: [condition('Ready', 'False')],
        containerStatuses: [
          {
            name: 'user-container',
            image: 'dev.local/shop/cart:1',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ContainerMissing', message: 'weir.yaml maps no image' } },
          },
        ],
      });
      const [pod] = await podsThere();
      await cluster.client.update(pods, { ...pod, status: statusOf({}) ?? {} }, { subresource: 'status' });
      await running.settle();
      expect(await readiness(revisions, 'cart-00001')).toBe('False ContainerMissing');
      expect(await readiness(services, 'cart')).toBe('False RevisionMissing');
    } finally {
      await running.stop();
    }
  });

  it('says that no Pod can be made, in the words of who refuses it, and makes it when it may', async () => {
    let isDenying = true;
    const { client: real } = await cluster.connect();
    const why = 'pods "cart" is forbidden: exceeded quota: small';
    const client: Client = {
      ...real,
      create: (resource, object, options) =>
        isDenying && resource.plural === pods.plural
          ? Promise.reject(new ApiError(403, 'Forbidden', why))
          : real.create(resource, object, options),
    };
    plane = new FakePlane();
    running = await run(cluster, { client, controllers: makeServingControllers({ instances: { plane } }) });
    try {
      const service = aService('cart');
      await cluster.client.create(services, { ...service, metadata: { name: 'cart', namespace } });
      await running.settle({ patience: 0 });
      expect(await podsThere()).toHaveLength(0);
      expect(await readiness(revisions, 'cart-00001', 'ResourcesAvailable')).toBe('False FailedCreate');
      const revision = await cluster.client.get(revisions, { namespace, name: 'cart-00001' });
      const messages = arrayAt(revision, 'status', 'conditions').map((each) => stringAt(each, 'message'));
      expect(messages).toContain(why);
      expect(await readiness(services, 'cart')).toBe('False RevisionMissing');

      isDenying = false;
      // what was refused is tried again later and later, and a Pod that was just made runs a moment after
      const isServing = async (): Promise<boolean> => (await readiness(services, 'cart')) === 'True';
      for (let second = 0; second < 60 && !(await isServing()); second++) await seconds(1);
      expect(await podsThere()).toHaveLength(1);
      expect(await readiness(revisions, 'cart-00001')).toBe('True');
      expect(await readiness(services, 'cart')).toBe('True');
    } finally {
      await running.stop();
    }
  });

  it('has another Pod in the place of one that goes at once, although nothing else changes', async () => {
    await begin();
    try {
      const [first] = await podsThere();
      // not ready yet, so that no status changes with it: that it is gone is all that anybody hears
      const place = { namespace, name: nameOf(first ?? {}) };
      await cluster.client.delete(pods, place, { gracePeriodSeconds: 0 });
      await running.settle();
      const names = (await podsThere()).map(nameOf);
      expect(names).toHaveLength(1);
      expect(names).not.toContain(place.name);
    } finally {
      await running.stop();
    }
  });

  it('has another Pod in the place of one that is deleted, and keeps what it was over a restart', async () => {
    await begin({ template: aTemplate({ annotations: { 'autoscaling.knative.dev/min-scale': '2' } }) });
    try {
      await seconds(2);
      expect(await podsThere()).toHaveLength(2);
      const [first] = await podsThere();
      await cluster.client.delete(pods, { namespace, name: nameOf(first ?? {}) });
      await running.settle();
      expect(await podsThere()).toHaveLength(2);

      await running.stop();
      for (const pod of await podsThere()) await cluster.client.delete(pods, { namespace, name: nameOf(pod) });
      plane = new FakePlane();
      running = await run(cluster, { controllers: makeServingControllers({ instances: { plane } }) });
      await running.settle();
      expect(await podsThere()).toHaveLength(2);
      expect(await readiness(routes, 'cart')).toBe('True');
      expect(plane.routes.map(({ host }) => host)).toContain(`cart.${namespace}.localhost`);
    } finally {
      await running.stop();
    }
  });
});
