/** Beside Knative Eventing itself: these controllers stand aside as long as it is installed. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EVENTING_SIGNS } from '../../../controllers/eventing/aside.ts';
import { makeEventingControllers } from '../../../controllers/eventing/controllers.ts';
import { brokers, inMemoryChannels, sequences, triggers } from '../../../controllers/eventing/resources.ts';
import { deployments, validatingWebhookConfigurations } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { type Run, run } from '../kit/run.ts';
import { aService, conditionsOf, eventing, HandPlane, toService } from './harness.ts';

jest.setTimeout(120_000);

const { webhook, namespace: system, controller: name } = EVENTING_SIGNS;

const WEBHOOK: JsonObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: webhook },
  webhooks: [],
};
const CONTROLLER: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: system },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: 'example.com/controller' }] },
    },
  },
};

let cluster: Cluster;
let running: Run;
let plane: HandPlane;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(system);
});

beforeEach(async () => {
  namespace = `beside-${count++}`;
  await cluster.namespace(namespace);
  await aService(cluster, namespace, 'cart');
  plane = new HandPlane();
});

afterEach(() => running?.stop());
afterAll(() => cluster.stop());

async function begin(): Promise<void> {
  running = await run(cluster, { controllers: makeEventingControllers(plane) });
}

const applyAll = async () => {
  const flow = eventing('Sequence', 'way', namespace, { steps: [toService('cart')] });
  const trigger = eventing('Trigger', 'orders', namespace, { broker: 'default', subscriber: toService('cart') });
  await cluster.apply(eventing('Broker', 'default', namespace, {}), trigger, flow);
  await running.settle();
};
const get = (resource: typeof brokers, of: string) => cluster.client.get(resource, { namespace, name: of });
const made = async () => (await cluster.client.list(inMemoryChannels, { namespace })).items.length;

describe('where Knative Eventing is installed', () => {
  it.each([
    ['the configuration of its webhook', WEBHOOK, validatingWebhookConfigurations, { name: webhook }],
    ['the Deployment of its controller', CONTROLLER, deployments, { namespace: system, name }],
  ] as const)(
    'nothing is written while %s is there, and all of it once that has gone',
    async (_, sign, resource, place) => {
      await cluster.apply(sign);
      await begin();
      await applyAll();
      expect((await get(brokers, 'default')).status).toBeUndefined();
      expect(await made()).toBe(0);
      expect(plane.lanes).toBeUndefined();
      expect(running.told.filter((line) => line.includes('its own controllers make'))).toHaveLength(1);

      await cluster.client.delete(resource, place);
      await running.settle();
      for (const [kind, of] of [
        [brokers, 'default'],
        [triggers, 'orders'],
        [sequences, 'way'],
      ] as const) {
        expect(conditionsOf(await get(kind, of))).toContain('Ready: True');
      }
      expect(await made()).toBe(1);
    },
  );

  it('nothing more is written from when it comes', async () => {
    await begin();
    await cluster.apply(WEBHOOK);
    await running.settle();
    await applyAll();
    expect((await get(triggers, 'orders')).status).toBeUndefined();
    await cluster.client.delete(validatingWebhookConfigurations, { name: webhook });
  });
});
