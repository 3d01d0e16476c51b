/**
 * Brokers, Triggers and Channels on `weir up`, from its first line to the end: a process of its own, programs of weir.yaml
 * as subscribers, events over HTTP. What came is read from what the programs wrote down.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  brokers,
  channels,
  eventTransforms,
  sequences,
  subscriptions,
  triggers,
} from '../../../controllers/eventing/resources.ts';
import { applyAll } from '../../../src/cli/up/apply.ts';
import { services } from '../../../src/knative/resources.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { discoveryOf } from '../../../src/kubernetes/client/discovery.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { weir } from '../harness.ts';

jest.setTimeout(300_000);

/** From its sources, as bin/weir.js runs what is built of them. */
const MAIN = `import { main } from ${JSON.stringify(pathToFileURL('src/cli/main.ts').href)}; process.exitCode = await main(process.argv.slice(1));`;
/** Judged by nobody. */
const NAMESPACE = 'default';
/** The name that an EventTransform's Service has in a cluster. */
const ANSWERS = `http://answers-jsonata.${NAMESPACE}.svc.cluster.local`;
/** Of a machine that is ten times slower. */
const PATIENCE_MS = 120_000;

/** Writes down what comes, and does with it what MODE says. */
const PROGRAM = `
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
const { MODE, RECORD, PORT } = process.env;
createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const event = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith('ce-')));
  appendFileSync(RECORD, JSON.stringify({ event, body }) + '\\n');
  const made = (type) => ({ 'ce-specversion': '1.0', 'ce-id': 'of-' + event['ce-id'], 'ce-source': '/' + MODE, 'ce-type': type });
  if (MODE === 'refuse') response.writeHead(400).end('not here');
  else if (MODE === 'reply') response.writeHead(200, { ...made('order.paid'), 'content-type': 'application/json' }).end(body);
  else if (MODE === 'forward') {
    const url = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/default';
    const answer = await fetch(url, { method: 'POST', headers: made('order.forwarded'), body });
    response.writeHead(answer.status === 202 ? 200 : 500).end();
  } else response.end();
}).listen(PORT);
`;

let folder: string;
let platform: ChildProcess;
let output = '';
let connection: Connection;
let client: Client;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-events-'));
  const project = path.join(folder, 'project');
  mkdirSync(project);
  writeFileSync(path.join(project, 'program.mjs'), PROGRAM);
  const images = 'images: {test/program: {command: [node, program.mjs]}}';
  writeFileSync(path.join(project, 'weir.yaml'), `apiVersion: weir.dev/v1alpha1\nkind: Configuration\n${images}\n`);
  await start('--ingress-port', '0');
  const modes = { orders: 'reply', display: 'show', letters: 'show', broken: 'refuse', relay: 'forward' };
  await apply(...Object.entries(modes).map(([name, mode]) => aService(name, mode)));
  for (const name of Object.keys(modes)) await isReady(services, name);
}, 300_000);

afterAll(async () => {
  connection?.close();
  const ended = new Promise((resolve) => platform.once('exit', resolve));
  platform.kill('SIGINT');
  if (platform.exitCode === null) await ended;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

async function start(...options: string[]): Promise<void> {
  const args = ['up', path.join(folder, 'project'), '--port', '0', ...options];
  platform = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', MAIN, '--', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  output = '';
  for (const stream of [platform.stdout, platform.stderr]) stream?.on('data', (chunk) => (output += chunk));
  await until(() => output.includes('Ctrl-C stops') || platform.exitCode !== null, 'weir up');
  if (platform.exitCode !== null) throw new Error(output);
  const kubeconfig = path.join(folder, '.weir/kubeconfig');
  connection = await connect({ kubeconfig, environment: {}, clock: systemClock });
  client = clientOver(connection);
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function apply(...objects: readonly JsonObject[]): Promise<void> {
  const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  await applyAll(objects, { client, find: discoveryOf(client), wait });
}

function aService(name: string, mode: string): JsonObject {
  const env = [
    { name: 'MODE', value: mode },
    { name: 'RECORD', value: recordOf(name) },
  ];
  const annotations = { 'autoscaling.knative.dev/min-scale': '1' };
  const spec = { template: { metadata: { annotations }, spec: { containers: [{ image: 'test/program', env }] } } };
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name, namespace: NAMESPACE }, spec };
}

function recordOf(name: string): string {
  return path.join(folder, `${name}.jsonl`);
}

interface Got {
  readonly event: Readonly<Record<string, string>>;
  readonly body: string;
}

function gotBy(name: string): Got[] {
  if (!existsSync(recordOf(name))) return [];
  const lines = readFileSync(recordOf(name), 'utf8').split('\n').slice(0, -1);
  return lines.map((line): Got => JSON.parse(line));
}

function toService(name: string): JsonObject {
  return { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name } };
}

function aTrigger(name: string, subscriber: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name, namespace: NAMESPACE },
    spec: { broker: 'default', subscriber: toService(subscriber), ...spec },
  };
}

async function isReady(resource: Resource, name: string): Promise<void> {
  await until(async () => {
    const object = await client.get(resource, { namespace: NAMESPACE, name });
    return arrayAt(object, 'status', 'conditions').some(
      (each) => stringAt(each, 'type') === 'Ready' && stringAt(each, 'status') === 'True',
    );
  }, `${resource.kind} ${name} is ready`);
}

async function addressOf(resource: Resource, name: string): Promise<string> {
  return stringAt(await client.get(resource, { namespace: NAMESPACE, name }), 'status', 'address', 'url') ?? '';
}

async function post(url: string, id: string, type: string, body = '{"total":12.50}'): Promise<number> {
  const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': type };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  return answer.status;
}

describe('a Broker on weir up', () => {
  it('takes events at its own URL, and brings them to the Triggers that they pass; an answer comes back by another', async () => {
    await apply(
      {
        apiVersion: 'eventing.knative.dev/v1',
        kind: 'Broker',
        metadata: { name: 'default', namespace: NAMESPACE },
        spec: { delivery: { deadLetterSink: toService('letters'), retry: 0 } },
      },
      aTrigger('orders', 'orders', { filter: { attributes: { type: 'order.placed' } } }),
      aTrigger('paid', 'display', {
        filters: [{ any: [{ exact: { type: 'order.paid' } }, { prefix: { type: 'x' } }] }],
      }),
      aTrigger('broken', 'broken', { filter: { attributes: { type: 'order.broken' } } }),
      aTrigger('relay', 'relay', { filter: { attributes: { type: 'order.relayed' } } }),
      aTrigger('forwarded', 'display', { filter: { attributes: { type: 'order.forwarded' } } }),
    );
    for (const name of ['orders', 'paid', 'broken', 'relay', 'forwarded']) await isReady(triggers, name);
    const url = await addressOf(brokers, 'default');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/default\/default$/);
    expect(output).toContain(url.replace('/default/default', '/<namespace>/<name>'));

    expect(await post(url, 'a-1', 'order.placed')).toBe(202);
    await until(() => gotBy('display').length > 0, 'the answer comes back');
    const [answer] = gotBy('display');
    expect(answer).toMatchObject({ event: { 'ce-id': 'of-a-1', 'ce-type': 'order.paid' }, body: '{"total":12.50}' });
    expect(gotBy('orders').map(({ event }) => event['ce-id'])).toEqual(['a-1']);
    expect(gotBy('broken')).toEqual([]);
  });

  it('sends what could not be delivered to the dead letters, with the reason', async () => {
    expect(await post(await addressOf(brokers, 'default'), 'b-1', 'order.broken')).toBe(202);
    await until(() => gotBy('letters').length > 0, 'the dead letter');
    expect(gotBy('letters')[0]?.event).toMatchObject({
      'ce-id': 'b-1',
      'ce-type': 'order.broken',
      'ce-knativeerrordest': 'http://broken.default.svc.cluster.local',
      'ce-knativeerrorcode': '400',
      'ce-knativeerrordata': Buffer.from('not here').toString('base64'),
    });
  });

  it('is reached by its name in a cluster from within a Pod', async () => {
    expect(await post(await addressOf(brokers, 'default'), 'c-1', 'order.relayed')).toBe(202);
    const isForwarded = () => gotBy('display').some(({ event }) => event['ce-id'] === 'of-c-1');
    await until(isForwarded, 'the event of the Pod');
  });
});

describe('a Deployment behind a Service of Kubernetes', () => {
  it('gets events as in a cluster', async () => {
    const labels = { app: 'desk' };
    const env = [
      { name: 'MODE', value: 'show' },
      { name: 'RECORD', value: recordOf('desk') },
    ];
    const containers = [{ name: 'desk', image: 'test/program', env, ports: [{ containerPort: 8080 }] }];
    const template = { metadata: { labels }, spec: { containers } };
    const metadata = { name: 'desk', namespace: NAMESPACE };
    const ref = { apiVersion: 'v1', kind: 'Service', name: 'desk' };
    await apply(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { selector: { matchLabels: labels }, template } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
      },
      aTrigger('desk', 'desk', { filter: { attributes: { type: 'order.shown' } }, subscriber: { ref } }),
    );
    await isReady(triggers, 'desk');
    expect(await post(await addressOf(brokers, 'default'), 'k-1', 'order.shown')).toBe(202);
    await until(() => gotBy('desk').some(({ event }) => event['ce-id'] === 'k-1'), 'the event');
  });
});

describe('a Channel on weir up', () => {
  it('brings events to its Subscriptions, their answers to another Channel, and dead letters where it says', async () => {
    const channel = (name: string) => ({
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Channel',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
        ...(name === 'first' ? { delivery: { deadLetterSink: toService('letters') } } : {}),
      },
    });
    const subscription = (name: string, of: string, spec: JsonObject) => ({
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Subscription',
      metadata: { name, namespace: NAMESPACE },
      spec: { channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: of }, ...spec },
    });
    const reply = { ref: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'second' } };
    await apply(
      channel('first'),
      channel('second'),
      subscription('one', 'first', { subscriber: toService('orders'), reply }),
      subscription('two', 'first', { subscriber: toService('broken') }),
      subscription('three', 'second', { subscriber: toService('display') }),
    );
    for (const name of ['one', 'two', 'three']) await isReady(subscriptions, name);
    expect(await post(await addressOf(channels, 'first'), 'd-1', 'order.anything')).toBe(202);
    await until(() => gotBy('display').some(({ event }) => event['ce-id'] === 'of-d-1'), 'the answer');
    await until(() => gotBy('letters').some(({ event }) => event['ce-id'] === 'd-1'), 'the dead letter');
  });
});

describe('a Sequence on weir up', () => {
  it('takes events at its URL, and each step gets the answer of the one before', async () => {
    await apply({
      apiVersion: 'flows.knative.dev/v1',
      kind: 'Sequence',
      metadata: { name: 'way', namespace: NAMESPACE },
      spec: { steps: [toService('orders'), toService('orders')], reply: toService('display') },
    });
    await isReady(sequences, 'way');
    expect(await post(await addressOf(sequences, 'way'), 's-1', 'order.anything')).toBe(202);
    await until(() => gotBy('display').some(({ event }) => event['ce-id'] === 'of-of-s-1'), 'the last answer');
  });
});

describe('an EventTransform on weir up', () => {
  it('answers a Trigger with another event, or sends that on by the name of a cluster, and is one itself within Pods', async () => {
    const aTransform = (name: string, spec: JsonObject): JsonObject => ({
      apiVersion: 'eventing.knative.dev/v1alpha1',
      kind: 'EventTransform',
      metadata: { name, namespace: NAMESPACE },
      spec,
    });
    const made = '{"specversion": "1.0", "id": "made-" & id, "source": "/made", "type": type & ".made", "data": data}';
    const to = (name: string) => ({
      ref: { apiVersion: 'eventing.knative.dev/v1alpha1', kind: 'EventTransform', name },
    });
    await apply(
      aTransform('answers', { jsonata: { expression: made } }),
      aTransform('sends', { jsonata: { expression: made }, sink: { uri: ANSWERS }, reply: { discard: true } }),
      aTrigger('made', 'display', { filters: [{ suffix: { type: '.made' } }] }),
      aTrigger('answers', '', { filter: { attributes: { type: 'to.answer' } }, subscriber: to('answers') }),
      aTrigger('sends', '', { filter: { attributes: { type: 'to.send' } }, subscriber: to('sends') }),
    );
    for (const name of ['answers', 'sends']) await isReady(eventTransforms, name);
    for (const name of ['made', 'answers', 'sends']) await isReady(triggers, name);
    const url = await addressOf(brokers, 'default');
    expect(await post(url, 't-1', 'to.answer')).toBe(202);
    await until(() => gotBy('display').some(({ event }) => event['ce-id'] === 'made-t-1'), 'what was made');
    const got = gotBy('display').find(({ event }) => event['ce-id'] === 'made-t-1');
    expect(got?.event).toMatchObject({ 'ce-type': 'to.answer.made', 'ce-source': '/made' });
    expect(JSON.parse(got?.body ?? '')).toEqual({ total: 12.5 });
    // its sink is the other one, which answers with what nobody gets
    expect(await post(url, 't-2', 'to.send')).toBe(202);
    await until(async () => {
      const { stdout } = await weir(['events', 'trace', 't-2', '--kubeconfig', path.join(folder, '.weir/kubeconfig')]);
      return stdout.includes('trigger sends  delivered, 200');
    }, 'it is sent on');
  });
});

describe('weir events on weir up', () => {
  const events = (...args: string[]) =>
    weir(['events', ...args, '--kubeconfig', path.join(folder, '.weir/kubeconfig')]);

  it('sends an event, draws its way with the answer, and sends it once more', async () => {
    const sent = await events(
      'send',
      `${NAMESPACE}/default`,
      '--type',
      'order.placed',
      '--id',
      'w-1',
      '--data',
      '{"n":7}',
    );
    expect(sent).toMatchObject({ code: 0, stdout: 'w-1  stored by Broker default/default\n' });
    let way = '';
    await until(async () => {
      way = (await events('trace', 'w-1')).stdout;
      // the answer may be there before it is written down that who gave it has answered
      return ['paid', 'orders'].every((name) => way.includes(`trigger ${name}  delivered`));
    }, 'it and its answer are delivered');
    expect(way).toMatch(/^order\.placed {2}w-1 {2}from \/weir\/events\/send, into broker default\/default at /);
    expect(way).toMatch(/\n├─ trigger orders {2}delivered, 200 in .*\n│ {2}└─ order\.paid {2}of-w-1 /);
    expect(way).toMatch(/\n└─ did not pass the filter of \d+ others\n$/);
    expect((await events('tail', '--no-follow', '--id', 'w-1')).stdout).toContain('  to orders  {"n":7}\n');

    expect((await events('replay', '--id', 'w-1', '--to-trigger', 'orders')).stdout).toMatch(/^1 event sent /);
    const again = () => gotBy('orders').filter(({ event }) => event['ce-id'] === 'w-1');
    await until(() => again().length === 2, 'it comes once more');
    expect(again().map(({ event }) => 'ce-weirreplay' in event)).toEqual([false, true]);
  });

  it('shows a dead letter, and puts it back', async () => {
    const { stdout } = await events('dead-letters', 'b-1');
    expect(stdout).toContain('trigger default/broken, after 1 attempt');
    expect(stdout).toContain('answer        400 not here');
    expect(stdout).toContain('sent to       http://letters.default.svc.cluster.local');
    expect((await events('dead-letters', 'b-1', '--return')).stdout).toMatch(/^1 event sent /);
    const letters = () => gotBy('letters').filter(({ event }) => event['ce-id'] === 'b-1');
    await until(() => letters().length === 2, 'it is a dead letter again');
  });
});

describe('after the platform was stopped', () => {
  it('nothing that was under way is a dead letter, and all of it is delivered', async () => {
    const url = await addressOf(brokers, 'default');
    const ids = Array.from({ length: 200 }, (_, index) => `g-${index}`);
    // some of them come when the platform is about to end, and are refused
    const posts = ids.map((id) => post(url, id, 'order.placed').catch(() => 0));
    await Promise.race(posts);
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    platform.kill('SIGINT');
    const codes = await Promise.all(posts);
    await ended;
    connection.close();
    await start();
    await isReady(brokers, 'default');
    const taken = ids.filter((_, index) => codes[index] === 202);
    const answered = () => new Set(gotBy('display').map(({ event }) => event['ce-id']));
    await until(() => taken.every((id) => answered().has(`of-${id}`)), 'all of them are answered');
    expect(taken.length).toBeGreaterThan(0);
    expect(gotBy('letters').filter(({ event }) => event['ce-id']?.includes('g-'))).toEqual([]);
  });
});

describe('after the platform was killed', () => {
  it('each event that was taken is delivered, and the Broker is where it was', async () => {
    const url = await addressOf(brokers, 'default');
    const ids = Array.from({ length: 40 }, (_, index) => `e-${index}`);
    const taken = Promise.all(ids.map((id) => post(url, id, 'order.placed')));
    expect(new Set(await taken)).toEqual(new Set([202]));
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    platform.kill('SIGKILL');
    await ended;
    connection.close();
    await start();
    await isReady(brokers, 'default');
    const answered = () => new Set(gotBy('display').map(({ event }) => event['ce-id']));
    await until(() => ids.every((id) => answered().has(`of-${id}`)), 'all of them are answered');
    expect(gotBy('letters').filter(({ event }) => event['ce-id']?.startsWith('e-'))).toEqual([]);
    expect(await addressOf(brokers, 'default')).toBe(url);
    expect(await post(url, 'f-1', 'order.placed')).toBe(202);
    await until(() => answered().has('of-f-1'), 'the next one');
  });
});
