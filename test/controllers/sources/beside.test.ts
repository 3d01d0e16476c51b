/** Beside Knative Eventing itself: these controllers stand aside as long as it is installed, and nothing of theirs goes on. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EVENTING_SIGNS } from '../../../controllers/eventing/aside.ts';
import { kafkaSinks, kafkaSources, pingSources, sinkBindings } from '../../../controllers/eventing/resources.ts';
import { CONFIGURATION } from '../../../controllers/sources/binding/configuration.ts';
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { FakeClock } from '../../kubernetes/client/fakeClock.ts';
import { FakeKafka, SERVER } from '../../platform/eventing/kafka/fakeKafka.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from './kit.ts';

jest.setTimeout(120_000);

const WEBHOOK: JsonObject = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: EVENTING_SIGNS.webhook },
  webhooks: [],
};
const FIRST = { topic: 'orders', partition: 0 };
const SINK = { uri: 'http://sink.example.com/' };
const RESOURCES = {
  KafkaSource: kafkaSources,
  KafkaSink: kafkaSinks,
  PingSource: pingSources,
};

let cluster: Cluster;
let kafka: FakeKafka;
let running: SourcesRun;
let namespace = '';
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
});
beforeEach(async () => {
  namespace = `beside-sources-${count++}`;
  await cluster.namespace(namespace);
  kafka = new FakeKafka();
  kafka.topic('orders');
});
afterEach(async () => {
  for (const resource of [...Object.values(RESOURCES), sinkBindings]) {
    await cluster.client.delete(resource, { namespace, name: 'orders' });
  }
  await running?.settle();
  await running?.stop();
});
afterAll(() => cluster.stop());

async function begin(): Promise<void> {
  running = await runSources(cluster, new FakeClock(), kafka);
}

async function applyAll(): Promise<void> {
  const make = (apiVersion: string, kind: string, spec: JsonObject): JsonObject => ({
    apiVersion,
    kind,
    metadata: { namespace, name: 'orders' },
    spec,
  });
  const subject = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' };
  await cluster.apply(
    make('sources.knative.dev/v1', 'KafkaSource', {
      bootstrapServers: [SERVER],
      topics: ['orders'],
      consumerGroup: namespace,
      initialOffset: 'earliest',
      sink: SINK,
    }),
    make('eventing.knative.dev/v1alpha1', 'KafkaSink', { bootstrapServers: [SERVER], topic: 'orders' }),
    make('sources.knative.dev/v1', 'PingSource', { schedule: '* * * * *', sink: SINK }),
    make('sources.knative.dev/v1', 'SinkBinding', { subject, sink: SINK }),
  );
  await running.settle();
}

async function readyOf(kind: keyof typeof RESOURCES): Promise<string | undefined> {
  return conditionsOf(await cluster.client.get(RESOURCES[kind], { namespace, name: 'orders' })).Ready;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await running.settle();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function deployment(): Promise<void> {
  const metadata = { labels: { app: 'cart' } };
  const spec = { containers: [{ name: 'cart', image: 'example.com/cart' }] };
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name: 'cart' },
    spec: { selector: { matchLabels: { app: 'cart' } }, template: { metadata, spec } },
  });
}

/** Whether the API server asks about Deployments. */
async function isAsked(): Promise<boolean> {
  const { items } = await cluster.client.list(mutatingWebhookConfigurations, {});
  const own = items.find(({ metadata }) => stringAt(metadata, 'name') === CONFIGURATION);
  return JSON.stringify(own ?? {}).includes('"deployments"');
}

describe('where Knative Eventing is installed', () => {
  it('nothing is written while it is there, no object is held up, and all of it is there once it has gone', async () => {
    await cluster.apply(WEBHOOK);
    await begin();
    await applyAll();
    for (const kind of ['KafkaSource', 'KafkaSink', 'PingSource'] as const) expect(await readyOf(kind)).toBeUndefined();
    expect(kafka.access).toEqual([]);
    expect(await isAsked()).toBe(false);
    await deployment();
    expect(running.told.filter((line) => line.includes('make what belongs to sources'))).toHaveLength(1);

    await cluster.client.delete(validatingWebhookConfigurations, { name: EVENTING_SIGNS.webhook });
    for (const kind of ['KafkaSource', 'KafkaSink', 'PingSource'] as const)
      await until(async () => (await readyOf(kind)) === 'True');
  });

  it('what ran ends when it comes, and goes on where it was when it goes', async () => {
    await begin();
    await applyAll();
    kafka.add(FIRST);
    await until(() => running.sent.length === 1);
    await until(async () => (await readyOf('KafkaSink')) === 'True');
    const sink = await cluster.client.get(kafkaSinks, { namespace, name: 'orders' });
    const url = stringAt(sink, 'status', 'address', 'url') ?? '';

    await cluster.apply(WEBHOOK);
    await until(() => kafka.members.length === 0);
    kafka.add(FIRST);
    await running.pass(120_000);
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    expect(running.sent).toHaveLength(1);
    // its own has the same name, and goes with it
    await cluster.client.delete(mutatingWebhookConfigurations, { name: CONFIGURATION });

    await cluster.client.delete(validatingWebhookConfigurations, { name: EVENTING_SIGNS.webhook });
    await until(() => running.sent.length === 2);
    expect(running.sent.map(({ event }) => event.attributes.get('knativekafkaoffset'))).toEqual(['0', '1']);
    await until(() => isAsked());
    // no ping for the minutes that were not ours
    await running.pass(1000);
    expect(running.sent).toHaveLength(2);
  });
});
