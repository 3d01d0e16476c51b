import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { brokers, kafkaSources } from '../../../../controllers/eventing/resources.ts';
import { secrets } from '../../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../../src/kubernetes/json.ts';
import { FakeClock } from '../../../kubernetes/client/fakeClock.ts';
import { FakeKafka, SERVER } from '../../../platform/eventing/kafka/fakeKafka.ts';
import { type Cluster, startCluster } from '../../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from '../kit.ts';

jest.setTimeout(120_000);

const NAMESPACE = 'shop';
const PLACE = { namespace: NAMESPACE, name: 'orders' };
const FIRST = { topic: 'orders', partition: 0 };
const SINK = 'http://sink.example.com/';
let cluster: Cluster;
let kafka: FakeKafka;
let running: SourcesRun;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(NAMESPACE);
  kafka = new FakeKafka();
  running = await runSources(cluster, new FakeClock(), kafka);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

async function apply(spec: JsonObject = {}, apiVersion = 'sources.knative.dev/v1'): Promise<void> {
  await cluster.apply({
    apiVersion,
    kind: 'KafkaSource',
    metadata: PLACE,
    spec: { bootstrapServers: [SERVER], topics: ['orders'], initialOffset: 'earliest', sink: { uri: SINK }, ...spec },
  });
}

async function source(): Promise<JsonObject> {
  return cluster.client.get(kafkaSources, PLACE);
}

/** Until its condition Ready is so: readers are waited for by nobody else. */
async function until(ready: string): Promise<JsonObject> {
  for (;;) {
    await running.settle();
    const found = await source();
    if (conditionsOf(found).Ready === ready) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function untilSent(count: number): Promise<void> {
  while (running.sent.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

function messageOf(object: JsonObject): string {
  const conditions = (object.status as { conditions?: { type: string; message?: string }[] }).conditions ?? [];
  return conditions.find(({ type }) => type === 'ConsumerGroup')?.message ?? '';
}

describe('a KafkaSource', () => {
  it('says what is missing at its Kafka, and reads once it is there', async () => {
    await apply({}, 'sources.knative.dev/v1beta1');
    const waiting = await until('False InitializeOffset');
    expect(conditionsOf(waiting)).toEqual({
      Ready: 'False InitializeOffset',
      ConsumerGroup: 'False InitializeOffset',
      SinkProvided: 'True',
    });
    expect(messageOf(waiting)).toBe(
      `failed to initialize consumer group offset: failed to initialize offset: there is no topic orders at ${SERVER}; create it, or name one that is there`,
    );
    kafka.topic('orders');
    const found = await until('True');
    expect(conditionsOf(found)).toEqual({ Ready: 'True', ConsumerGroup: 'True', SinkProvided: 'True' });
    expect(found.status).toMatchObject({
      sinkUri: SINK,
      consumers: 1,
      selector: 'eventing.knative.dev/source=kafka-source-controller,eventing.knative.dev/sourceName=orders',
    });
  });

  it('sends what it reads, and writes down what was taken', async () => {
    kafka.add(FIRST, { key: Buffer.from('k'), value: Buffer.from('hello') });
    await untilSent(1);
    const [request] = running.sent.splice(0);
    expect(request?.url).toBe(SINK);
    expect(Object.fromEntries(request?.event.attributes ?? [])).toMatchObject({
      type: 'dev.knative.kafka.event',
      source: '/apis/v1/namespaces/shop/kafkasources/orders#orders',
      subject: 'partition:0#0',
      key: 'k',
      knativekafkaoffset: '0',
    });
    const group = `knative-kafka-source-${stringAt(await source(), 'metadata', 'uid')}`;
    while (kafka.committed(group, FIRST) !== 1n) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('takes another sink from the next record on, without joining its group again', async () => {
    const [member] = kafka.members;
    await apply({ sink: { uri: 'http://other.example.com/' } });
    await running.settle();
    kafka.add(FIRST);
    await untilSent(1);
    expect(running.sent.splice(0)).toMatchObject([{ url: 'http://other.example.com/' }]);
    expect(kafka.members).toEqual([member]);
  });

  it('stands still while its sink is away, and leaves nothing out', async () => {
    await apply({ sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'default' } } });
    const waiting = await until('False ReconcileContract');
    expect(conditionsOf(waiting)).toMatchObject({
      ConsumerGroup: 'False ReconcileContract',
      SinkProvided: 'Unknown SinkEmpty',
    });
    expect(messageOf(waiting)).toContain(
      'failed to resolve subscriber: failed to get object shop/default: brokers.eventing.knative.dev "default" not found',
    );
    kafka.add(FIRST, { value: Buffer.from('while it was away') });
    await cluster.apply({
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { ...PLACE, name: 'default' },
    });
    const broker = await cluster.client.get(brokers, { ...PLACE, name: 'default' });
    const status = { address: { url: 'http://127.0.0.1:1/shop/default' } };
    await cluster.client.update(brokers, { ...broker, status }, { subresource: 'status' });
    await until('True');
    await untilSent(1);
    expect(running.sent.splice(0)[0]?.event.data?.toString()).toBe('while it was away');
  });

  it('says what is wrong with its spec, or with its dead letters', async () => {
    await apply({ ceOverrides: { extensions: { id: 'x' } } });
    expect(messageOf(await until('False ReconcileContract'))).toContain('ceOverrides.extensions sets id');
    await apply({ delivery: { deadLetterSink: { ref: { apiVersion: 'v1', kind: 'Service', name: 'letters' } } } });
    await running.settle();
    expect(messageOf(await source())).toContain(
      'failed to resolve Spec.Delivery.DeadLetterSink: failed to get object shop/letters',
    );
  });

  it('is ready though its dead letters are for the sink that Weir keeps in a cluster', async () => {
    const sink = { apiVersion: 'v1', kind: 'Service', name: 'dead-letters-prod', namespace: 'weir-system' };
    await apply({ delivery: { deadLetterSink: { ref: sink } } });
    await until('True');
  });

  it('is let in with what stands in Secrets, which nobody else reads', async () => {
    const ref = (key: string) => ({ secretKeyRef: { name: 'kafka', key } });
    const net = { sasl: { enable: true, user: ref('user'), password: ref('password'), type: ref('type') } };
    await apply({ net });
    const waiting = await until('False AuthSecret');
    expect(messageOf(waiting)).toContain(
      'failed to get secret for Kafka cluster auth: failed to read secret shop/kafka: ',
    );
    kafka.access.splice(0);
    await cluster.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: NAMESPACE, name: 'kafka' },
      stringData: { user: 'ana', password: 'hunter2', type: 'SCRAM-SHA-512' },
    });
    const found = await until('True');
    expect(kafka.access.at(-1)).toEqual({
      servers: [SERVER],
      security: { sasl: { mechanism: 'SCRAM-SHA-512', username: 'ana', password: 'hunter2' } },
    });
    expect(JSON.stringify(found) + running.told.join('\n')).not.toContain('hunter2');
  });

  it('reads with as many members as it says, and with none where it says so', async () => {
    await apply({ consumers: 3, consumerGroup: 'three' });
    await until('True');
    expect(kafka.members).toHaveLength(3);
    expect((await source()).status).toMatchObject({ consumers: 3 });
    await apply({ consumers: 0, consumerGroup: 'three' });
    await until('True');
    while (kafka.members.length > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await running.settle();
    expect((await source()).status).toMatchObject({ consumers: 0 });
  });

  it('names the partitions that cannot be read, and reads the others', async () => {
    kafka.topic('spread', 2);
    // Knative lets no other group be named
    await apply({ topics: ['spread'], consumerGroup: 'three' });
    await until('True');
    running.sent.splice(0);
    kafka.leaderless.add('spread:1');
    const found = await until('False PartitionsUnavailable');
    expect(messageOf(found)).toBe(
      'not read at the moment, and asked for again and again: partition 1 of topic spread: it has no leader',
    );
    expect(found.status).toMatchObject({ consumers: 1 });
    kafka.add({ topic: 'spread', partition: 0 });
    await untilSent(1);
    kafka.leaderless.clear();
    await until('True');
  });

  it('says that its Kafka is away, and goes on when it is back', async () => {
    await apply();
    await until('True');
    running.sent.splice(0);
    kafka.goAway();
    const away = await until('False KafkaClusterAdmin');
    expect(messageOf(away)).toBe(
      `failed to initialize consumer group offset: cannot obtain Kafka cluster admin: no Kafka answers at ${SERVER}: the connection is refused; is it started, and is this its address?`,
    );
    kafka.isAway = false;
    kafka.add(FIRST, { value: Buffer.from('back') });
    await until('True');
    while (!running.sent.some(({ event }) => event.data?.toString() === 'back'))
      await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('leaves its group, and what the group had written down, when it is deleted', async () => {
    const group = `knative-kafka-source-${stringAt(await source(), 'metadata', 'uid')}`;
    expect(kafka.groups.has(group)).toBe(true);
    await cluster.client.delete(kafkaSources, PLACE);
    await running.settle();
    while (kafka.groups.has(group)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(kafka.members).toEqual([]);
  });
});
