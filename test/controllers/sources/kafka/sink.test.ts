import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { kafkaSinks } from '../../../../controllers/eventing/resources.ts';
import { secrets } from '../../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { FakeKafka, SERVER } from '../../../platform/eventing/kafka/fakeKafka.ts';
import { type EmbeddedCluster, startCluster } from '../../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from '../kit.ts';

jest.setTimeout(120_000);

const PLACE = { namespace: 'shop', name: 'orders' };
const EVENT = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shell', 'ce-type': 'order.placed' };
let cluster: EmbeddedCluster;
let kafka: FakeKafka;
let running: SourcesRun;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(PLACE.namespace);
  kafka = new FakeKafka();
  running = await runSources(cluster, new FakeClock(), kafka);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

async function apply(spec: JsonObject = {}): Promise<void> {
  await cluster.apply({
    apiVersion: 'eventing.knative.dev/v1alpha1',
    kind: 'KafkaSink',
    metadata: PLACE,
    spec: { bootstrapServers: [SERVER], topic: 'orders', ...spec },
  });
}

async function until(ready: string): Promise<JsonObject> {
  for (;;) {
    await running.settle();
    const found = await cluster.client.get(kafkaSinks, PLACE);
    if (conditionsOf(found).Ready === ready) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function post(
  body = '{"total": 12.5}',
  headers: Readonly<Record<string, string>> = { ...EVENT, 'content-type': 'application/json' },
  method = 'POST',
): Promise<{ status: number; text: string }> {
  const url = stringAt(await cluster.client.get(kafkaSinks, PLACE), 'status', 'address', 'url') ?? '';
  const response = await fetch(url, { method, headers, ...(method === 'POST' ? { body } : {}) });
  return { status: response.status, text: (await response.text()).trim() };
}

describe('a KafkaSink', () => {
  it('says that its topic is not there, and has an address once it is', async () => {
    await apply();
    const waiting = await until('False Topic is not present or invalid');
    expect(conditionsOf(waiting)).toMatchObject({
      TopicReady: 'False Topic is not present or invalid',
      DataPlaneAvailable: 'True',
    });
    kafka.topic('orders');
    const found = await until('True');
    expect(conditionsOf(found)).toEqual({
      Ready: 'True',
      Addressable: 'True',
      ConfigMapUpdated: 'True',
      ConfigParsed: 'True',
      DataPlaneAvailable: 'True',
      EventPoliciesReady: 'True OIDCDisabled',
      ProbeSucceeded: 'True',
      TopicReady: 'True Topic orders (owner external)',
    });
    const url = stringAt(found, 'status', 'address', 'url');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/shop\/orders$/);
    expect(found.status).toMatchObject({
      address: { name: 'http', url },
      addresses: [{ name: 'http', url }],
      annotations: { 'eventing.knative.dev/topic.owner': 'external' },
    });
    // what the definition fills in
    expect(stringAt(found, 'spec', 'contentMode')).toBe('binary');
  });

  it('answers 202 when Kafka has the event', async () => {
    expect(await post('{"total": 12.5}', { ...EVENT, 'ce-partitionkey': 'ana' })).toEqual({ status: 202, text: '' });
    const [record] = kafka.recordsOf('orders');
    expect(record?.key?.toString()).toBe('ana');
    expect(record?.value?.toString()).toBe('{"total": 12.5}');
    expect(Object.fromEntries(record?.headers.map(([name, text]) => [name, text.toString()]) ?? [])).toMatchObject({
      ce_id: '1',
      ce_type: 'order.placed',
    });
  });

  it('takes an event in structured mode, too, and writes it as its contentMode says', async () => {
    await apply({ contentMode: 'structured' });
    await until('True');
    const structured = JSON.stringify({ specversion: '1.0', id: '2', source: '/s', type: 't', data: { a: 1 } });
    expect(await post(structured, { 'content-type': 'application/cloudevents+json' })).toMatchObject({ status: 202 });
    const record = kafka.recordsOf('orders').at(-1);
    expect(record?.headers.map(([name, text]) => `${name}: ${text}`)).toEqual([
      'content-type: application/cloudevents+json',
    ]);
    expect(JSON.parse(record?.value?.toString() ?? '')).toMatchObject({ id: '2', data: { a: 1 } });
  });

  it.each<[title: string, body: string, headers: Record<string, string>, method: string, status: number]>([
    ['what is no event', '{}', { 'content-type': 'application/json' }, 'POST', 400],
    ['a batch', '[]', { 'content-type': 'application/cloudevents-batch+json' }, 'POST', 400],
    ['another method', '', {}, 'GET', 405],
    ['a page in a browser', '{}', { ...EVENT, origin: 'http://evil.example.com' }, 'POST', 403],
  ])('refuses %s', async (_, body, headers, method, status) => {
    const before = kafka.recordsOf('orders').length;
    expect((await post(body, headers, method)).status).toBe(status);
    expect(kafka.recordsOf('orders')).toHaveLength(before);
  });

  it('says that Kafka takes none so large, which no retry changes', async () => {
    kafka.mostBytes = 100;
    expect(await post('x'.repeat(2000))).toMatchObject({
      status: 413,
      text: expect.stringContaining('Kafka takes no record of'),
    });
    kafka.mostBytes = Number.POSITIVE_INFINITY;
  });

  it('answers 503 while its Kafka is away, says so, and keeps its address', async () => {
    kafka.isAway = true;
    expect(await post()).toMatchObject({ status: 503, text: expect.stringContaining(`no Kafka answers at ${SERVER}`) });
    const away = await until('False Failed to obtain Kafka cluster admin');
    expect(stringAt(away, 'status', 'address', 'url')).toContain('/shop/orders');
    kafka.isAway = false;
    await until('True');
    expect(await post()).toMatchObject({ status: 202 });
  });

  it('is let in with the Secret that it names', async () => {
    await apply({ auth: { secret: { ref: { name: 'kafka' } } } });
    await until('False Failed to get broker auth secret');
    expect(await post()).toMatchObject({ status: 503 });
    await cluster.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: PLACE.namespace, name: 'kafka' },
      stringData: { protocol: 'SASL_PLAINTEXT', 'sasl.mechanism': 'PLAIN', user: 'ana', password: 'hunter2' },
    });
    const found = await until('True');
    expect(kafka.access.at(-1)?.security).toEqual({
      sasl: { mechanism: 'PLAIN', username: 'ana', password: 'hunter2' },
    });
    expect(JSON.stringify(found) + running.told.join('\n')).not.toContain('hunter2');
  });

  it('makes its topic where it says how', async () => {
    // Knative lets the topic of one that is there not change
    await cluster.client.delete(kafkaSinks, PLACE);
    await apply({ topic: 'made', numPartitions: 3, replicationFactor: 1 });
    const found = await until('True');
    expect(kafka.created).toMatchObject([{ topic: 'made', creation: { partitions: 3, replicationFactor: 1 } }]);
    expect(conditionsOf(found).TopicReady).toBe('True Topic made (owner kafkasink-controller)');
  });

  it('says what is wrong with its spec, let in before the check', async () => {
    await cluster.letIn(() => apply({ bootstrapServers: [] }));
    expect(conditionsOf(await until('False InvalidKafkaSink')).ConfigParsed).toBe('False InvalidKafkaSink');
    expect((await post()).status).toBe(404);
  });

  it('ends when it is deleted', async () => {
    await apply();
    const url = stringAt(await until('True'), 'status', 'address', 'url') ?? '';
    await cluster.client.delete(kafkaSinks, PLACE);
    await running.settle();
    expect((await fetch(url, { method: 'POST', headers: EVENT })).status).toBe(404);
  });
});
