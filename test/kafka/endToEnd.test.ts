/**
 * KafkaSource → Broker → Service, and what the Service answers → KafkaSink → topic, on `weir up` with a real Kafka. The
 * platform is killed in the middle, and everything is counted by its id.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { applyAll } from '../../src/cli/up/apply.ts';
import { decodeRecord, encodeRecord } from '../../src/cloudevents/kafka.ts';
import { type Client, clientOver } from '../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../src/kubernetes/client/discovery.ts';
import { systemClock } from '../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import type { ReadRecord } from '../../src/platform/eventing/kafka/record.ts';
import { type Consumer, consume, makeTopic, produce, type SuiteKafka, startSuiteKafka, until } from './kafka.ts';

/** From its sources, as bin/weir.js runs what is built of them. */
const MAIN = `import { main } from ${JSON.stringify(pathToFileURL('src/cli/main.ts').href)}; process.exitCode = await main(process.argv.slice(1));`;
const COUNT = Number(process.env.WEIR_KAFKA_RECORDS ?? 10_000);
const PATIENCE = 600;
const NAMESPACE = 'default';

/** Answers each order with what is done, once the platform has it. */
const PROGRAM = `
import { createServer } from 'node:http';
createServer((request, response) => {
  const id = request.headers['ce-id'];
  const made = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/worker', 'ce-type': 'order.done', 'ce-partitionkey': id };
  request.resume().on('end', () => response.writeHead(200, { ...made, 'content-type': 'application/json' }).end('{"id":"' + id + '"}'));
}).listen(process.env.PORT, '127.0.0.1');
`;

let kafka: SuiteKafka;
let folder: string;
let platform: ChildProcess | undefined;
let output = '';
let connection: Connection | undefined;
let client: Client;
let done: Consumer;

beforeAll(async () => {
  kafka = await startSuiteKafka();
  folder = mkdtempSync(path.join(tmpdir(), 'weir-kafka-up-'));
  const project = path.join(folder, 'project');
  mkdirSync(project);
  writeFileSync(path.join(project, 'program.mjs'), PROGRAM);
  const images = 'images: {test/worker: {command: [node, program.mjs]}}';
  writeFileSync(path.join(project, 'weir.yaml'), `apiVersion: weir.dev/v1alpha1\nkind: Configuration\n${images}\n`);
  await start('--ingress-port', '0');
});

afterAll(async () => {
  await done?.reader.stop(0);
  await end('SIGINT');
  await kafka?.end();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function start(...options: string[]): Promise<void> {
  const args = ['up', path.join(folder, 'project'), '--port', '0', ...options];
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', MAIN, '--', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  platform = child;
  output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('Ctrl-C stops') || child.exitCode !== null, `weir up: ${output}`);
  connection = await connect({
    kubeconfig: path.join(folder, '.weir/kubeconfig'),
    environment: {},
    clock: systemClock,
  });
  client = clientOver(connection);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  connection?.close();
  const child = platform;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

function anObject(apiVersion: string, kind: string, name: string, spec: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { namespace: NAMESPACE, name }, spec };
}

const to = (apiVersion: string, kind: string, name: string): JsonObject => ({ ref: { apiVersion, kind, name } });

async function apply(...objects: readonly JsonObject[]): Promise<void> {
  const find = discoveryOf(client);
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  await applyAll(objects, { client, find, wait });
  for (const object of objects) {
    const resource = await find(stringAt(object, 'apiVersion') ?? '', stringAt(object, 'kind') ?? '');
    if (resource === undefined) throw new Error('nobody serves it');
    const name = stringAt(object, 'metadata', 'name') ?? '';
    let seen: JsonObject = {};
    await until(async () => {
      seen = await client.get(resource, { namespace: NAMESPACE, name });
      return arrayAt(seen, 'status', 'conditions').some(
        (each) => stringAt(each, 'type') === 'Ready' && stringAt(each, 'status') === 'True',
      );
    }, `${resource.kind} ${name} is ready`).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${JSON.stringify(seen.status)}`);
    });
  }
}

/** What came out at the end, in its order. */
const came: string[] = [];
const distinct = new Set<string>();

function take(record: ReadRecord): Promise<boolean> {
  const decoded = decodeRecord(record);
  const id = decoded.ok ? String(decoded.event.attributes.get('id')) : 'no event';
  came.push(id);
  distinct.add(id);
  return Promise.resolve(true);
}

describe('weir up beside a Kafka', () => {
  it('brings each record to the Service and its answer to the topic, though it is killed in the middle', async () => {
    await makeTopic(kafka.access, 'orders', 4);
    const servers = [kafka.plain];
    await apply(
      anObject('eventing.knative.dev/v1', 'Broker', 'default'),
      anObject('eventing.knative.dev/v1alpha1', 'KafkaSink', 'done', {
        topic: 'done',
        bootstrapServers: servers,
        numPartitions: 4,
        replicationFactor: 1,
      }),
      anObject('serving.knative.dev/v1', 'Service', 'worker', {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } },
          spec: { containers: [{ image: 'test/worker' }] },
        },
      }),
      anObject('eventing.knative.dev/v1', 'Trigger', 'orders', {
        broker: 'default',
        filters: [{ exact: { type: 'order.placed' } }],
        subscriber: to('serving.knative.dev/v1', 'Service', 'worker'),
      }),
      anObject('eventing.knative.dev/v1', 'Trigger', 'done', {
        broker: 'default',
        filters: [{ exact: { type: 'order.done' } }],
        subscriber: to('eventing.knative.dev/v1alpha1', 'KafkaSink', 'done'),
      }),
      anObject('sources.knative.dev/v1', 'KafkaSource', 'orders', {
        bootstrapServers: servers,
        topics: ['orders'],
        consumerGroup: 'orders',
        sink: to('eventing.knative.dev/v1', 'Broker', 'default'),
      }),
    );
    done = await consume(kafka.access, 'done', { deliver: take });
    const ids = Array.from({ length: COUNT }, (_, index) => `o-${index}`);
    const began = performance.now();
    await produce(
      kafka.access,
      'orders',
      ids.map((id) => {
        const attributes = { specversion: '1.0', id, source: '/test', type: 'order.placed', partitionkey: id };
        return encodeRecord({ attributes: new Map(Object.entries(attributes)), data: Buffer.from(id) }, 'binary');
      }),
    );
    await until(() => came.length >= COUNT / 3, 'a third is done', PATIENCE);
    const before = came.length;
    const killed = performance.now();
    await end('SIGKILL');
    await start();
    const back = performance.now();
    await until(() => distinct.size >= COUNT, 'all is done', PATIENCE).catch(() => {});
    const over = performance.now();
    // what is on its way twice comes, too
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const seconds = (from: number, to: number) => Math.round((to - from) / 100) / 10;
    process.stderr.write(
      `${COUNT} records, killed after ${before} at ${seconds(began, killed)} s, back after ${seconds(killed, back)} s, ` +
        `all at ${seconds(began, over)} s; ${came.length - distinct.size} came twice\n`,
    );
    expect(ids.filter((id) => !distinct.has(id))).toEqual([]);
    expect(came).not.toContain('no event');
  });

  it('says that its Kafka is away, takes what comes meanwhile, and goes on', async () => {
    await kafka.kill();
    const source = anObject('sources.knative.dev/v1', 'KafkaSource', 'orders');
    const find = discoveryOf(client);
    const resource = await find('sources.knative.dev/v1', 'KafkaSource');
    if (resource === undefined) throw new Error('nobody serves KafkaSources');
    const place = { namespace: NAMESPACE, name: stringAt(source, 'metadata', 'name') ?? '' };
    const readyOf = async (): Promise<string> => {
      const conditions = arrayAt(await client.get(resource, place), 'status', 'conditions');
      const ready = conditions.find((each) => stringAt(each, 'type') === 'Ready');
      return `${stringAt(ready, 'status')} ${stringAt(ready, 'message') ?? ''}`;
    };
    await until(async () => (await readyOf()).startsWith('False'), 'it says so');
    expect(await readyOf()).toContain('no Kafka answers at 127.0.0.1:');
    await kafka.revive();
    await until(async () => (await readyOf()).startsWith('True'), 'it reads again');
    const attributes = new Map(
      Object.entries({ specversion: '1.0', id: 'late', source: '/test', type: 'order.placed' }),
    );
    await produce(kafka.access, 'orders', [encodeRecord({ attributes, data: undefined }, 'binary')]);
    await until(() => distinct.has('late'), 'it is done');
  });

  it('ends within moments though its Kafka answers nothing any more, and loses nothing of what was on its way', async () => {
    const attributes = new Map(
      Object.entries({ specversion: '1.0', id: 'frozen', source: '/test', type: 'order.placed' }),
    );
    await produce(kafka.access, 'orders', [encodeRecord({ attributes, data: undefined }, 'binary')]);
    await kafka.freeze();
    const began = performance.now();
    await end('SIGINT');
    const seconds = (performance.now() - began) / 1000;
    await kafka.thaw();
    process.stderr.write(`ended within ${seconds.toFixed(1)} s\n`);
    // one request alone would wait for 60 s
    expect(seconds).toBeLessThan(40);
    await start();
    await until(() => distinct.has('frozen'), 'it is done');
  });
});
