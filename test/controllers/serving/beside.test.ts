/** Beside Knative itself: these controllers stand aside as long as it is installed. And at rest they ask nobody anything. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { servingControllers } from '../../../controllers/serving/controllers.ts';
import { KNATIVE_WEBHOOK } from '../../../controllers/serving/installed.ts';
import { configurations, podAutoscalers, revisions, routes, services } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { configMaps, deployments, validatingWebhookConfigurations } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { aService, aTemplate } from '../../../tools/serving-reference/objects.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';

let cluster: Cluster;
let running: Run | undefined;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace('knative-serving');
}, 120_000);

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

afterAll(() => cluster.stop());

const WEBHOOK: JsonObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: KNATIVE_WEBHOOK },
  webhooks: [],
};

const CONTROLLER: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'controller', namespace: 'knative-serving' },
  spec: {
    selector: { matchLabels: { app: 'controller' } },
    template: {
      metadata: { labels: { app: 'controller' } },
      spec: { containers: [{ name: 'controller', image: 'example.com/controller' }] },
    },
  },
};

function inNamespace(namespace: string, object: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), namespace } };
}

async function made(namespace: string): Promise<string[]> {
  const found: string[] = [];
  for (const resource of [configurations, revisions, routes, podAutoscalers]) {
    for (const { kind } of (await cluster.client.list(resource, { namespace })).items) found.push(String(kind));
  }
  return found;
}

const ALL = ['Configuration', 'Revision', 'Route', 'PodAutoscaler'];

describe('where Knative Serving is installed', () => {
  it.each([
    ['the configuration of its webhook', WEBHOOK, validatingWebhookConfigurations, {}],
    ['the Deployment of its controller', CONTROLLER, deployments, { namespace: 'knative-serving' }],
  ] as const)(
    'nothing is made while %s is there, and all of it once that has gone',
    async (_, sign, resource, place) => {
      const namespace = `aside-${resource.plural.slice(0, 10)}`;
      await cluster.namespace(namespace);
      await cluster.apply(sign);
      running = await run(cluster, { controllers: servingControllers });
      await cluster.client.create(services, inNamespace(namespace, aService('cart')));
      await running.settle();
      expect(await made(namespace)).toEqual([]);
      expect(running.told.join('\n')).toContain('its own controller makes what belongs to Services');

      const name = nameOf(sign);
      await cluster.client.delete(resource, { ...place, name });
      await running.settle();
      expect(await made(namespace)).toEqual(ALL);
    },
    60_000,
  );

  it('nothing more is written from when it comes', async () => {
    await cluster.namespace('comes');
    running = await run(cluster, { controllers: servingControllers });
    await cluster.apply(WEBHOOK);
    await running.settle();
    await cluster.client.create(services, inNamespace('comes', aService('cart')));
    await running.settle();
    expect(await made('comes')).toEqual([]);
    await cluster.client.delete(validatingWebhookConfigurations, { name: KNATIVE_WEBHOOK });
  }, 60_000);
});

describe('at rest', () => {
  it('nothing is asked but by watches, and a second look writes nothing', async () => {
    await cluster.namespace('rest');
    const asked: string[] = [];
    const { client } = await cluster.connect();
    running = await run(cluster, { controllers: servingControllers, client: counting(client, asked) });
    const min = { 'autoscaling.knative.dev/min-scale': '2' };
    for (const name of ['cart', 'till', 'desk']) {
      const service = aService(name, { template: aTemplate({ annotations: min }) });
      await cluster.client.create(services, inNamespace('rest', service));
    }
    await running.settle();
    expect(asked.length).toBeGreaterThan(10);

    asked.length = 0;
    // every key of every controller is looked at again
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-gc', namespace: 'knative-serving' },
      data: { 'min-non-active-revisions': '19' },
    });
    await running.settle();
    await running.pass(3_600_000);
    expect(asked).toEqual([]);
    await cluster.client.delete(configMaps, { namespace: 'knative-serving', name: 'config-gc' });
  }, 60_000);
});

describe('old Revisions', () => {
  it('go when their time has come', async () => {
    await cluster.namespace('old');
    const data = { 'min-non-active-revisions': '0', 'retain-since-create-time': 'disabled' };
    const config: JsonObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config-gc', namespace: 'knative-serving' },
      data,
    };
    await cluster.apply(config);
    running = await run(cluster, { controllers: servingControllers });
    const place = { namespace: 'old', name: 'cart' };
    await cluster.client.create(services, inNamespace('old', aService('cart')));
    await running.settle();
    for (const image of ['dev.local/cart:2', 'dev.local/cart:3']) {
      const body = { spec: { template: aTemplate({ image }) } };
      await cluster.client.patch(services, place, { type: 'merge', body });
      await running.settle();
    }
    const names = async () => (await cluster.client.list(revisions, { namespace: 'old' })).items.map(nameOf);
    await running.pass(14 * 3_600_000);
    expect(await names()).toEqual(['cart-00001', 'cart-00002', 'cart-00003']);
    await running.pass(2 * 3_600_000);
    expect(await names()).toEqual(['cart-00003']);
    await cluster.client.delete(configMaps, { namespace: 'knative-serving', name: 'config-gc' });
  }, 60_000);
});

/** Writes down each request but lists and watches. */
function counting(client: Client, asked: string[]): Client {
  const counted = { ...client };
  for (const verb of ['get', 'create', 'update', 'patch', 'delete'] as const) {
    const ask: (...all: never[]) => unknown = client[verb];
    Object.assign(counted, {
      [verb](resource: Resource, ...rest: unknown[]) {
        // Events tell in the background of what happened before
        if (resource.plural !== 'events') asked.push(`${verb} ${resource.plural}`);
        return Reflect.apply(ask, client, [resource, ...rest]);
      },
    });
  }
  return counted;
}
