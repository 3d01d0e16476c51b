/**
 * Services on `weir up`, from its first line to the end: a process of its own, programs of weir.yaml, requests over HTTP.
 * What is counted is counted on the answers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { revisions, services } from '../../../src/knative/resources.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { leases } from '../../../src/kubernetes/client/lease.ts';
import { configMaps, namespaces, pods } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { arrayAt, isObject, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { readManifests } from '../../../src/kubernetes/yaml/read.ts';
import { saysItsVersion } from './nodes.ts';

jest.setTimeout(300_000);

/** From its sources, as bin/weir.js runs what is built of them. */
const MAIN = `import { main } from ${JSON.stringify(pathToFileURL('src/cli/main.ts').href)}; process.exitCode = await main(process.argv.slice(1));`;
const EXAMPLE = path.resolve('examples/hello-world');
/** Judged by nobody. */
const NAMESPACE = 'default';
/** Of a machine that is ten times slower. */
const PATIENCE_MS = 120_000;

const older = saysItsVersion('v20.19.4');
let folder: string;
let platform: ChildProcess;
let output = '';
let connection: Connection;
let client: Client;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-serving-'));
  platform = start('--ingress-port', '0');
  await until(() => output.includes('Ctrl-C stops') || platform.exitCode !== null, 'weir up');
  if (platform.exitCode !== null) throw new Error(output);
  connection = await connect({
    kubeconfig: path.join(folder, '.weir/kubeconfig'),
    environment: {},
    clock: systemClock,
  });
  client = clientOver(connection);
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'knative-serving' } });
  await client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config-autoscaler', namespace: 'knative-serving' },
    data: { 'stable-window': '6s', 'scale-to-zero-grace-period': '6s' },
  });
}, 300_000);

afterAll(async () => {
  agent.destroy();
  connection?.close();
  const ended = new Promise((resolve) => platform.once('exit', resolve));
  platform.kill('SIGINT');
  if (platform.exitCode === null) await ended;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function start(...options: string[]): ChildProcess {
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', MAIN, '--', 'up', EXAMPLE, '--port', '0', ...options],
    {
      cwd: folder,
      // the `node` of weir.yaml is not this one
      env: { ...process.env, PATH: [older, process.env.PATH].join(path.delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return child;
}

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function example(file: string, traffic?: readonly JsonObject[]): JsonObject {
  const [document] = readManifests(readFileSync(path.join(EXAMPLE, file)), file).documents;
  const object = document?.object ?? {};
  const metadata = { ...objectAt(object, 'metadata'), namespace: NAMESPACE };
  const spec = { ...objectAt(object, 'spec'), ...(traffic === undefined ? {} : { traffic }) };
  return { ...object, metadata, spec };
}

async function apply(object: JsonObject): Promise<void> {
  const place = { namespace: NAMESPACE, name: stringAt(object, 'metadata', 'name') ?? '' };
  await client.patch(services, place, { type: 'apply', body: object }, { fieldManager: 'test', force: true });
}

async function conditionOf(resource: typeof services, name: string): Promise<JsonObject> {
  const object = await client.get(resource, { namespace: NAMESPACE, name });
  const isOfNow = isObject(object.status) && object.status.observedGeneration === generationOf(object);
  const found = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  return isOfNow && isObject(found) ? found : {};
}

function generationOf(object: JsonObject): unknown {
  return isObject(object.metadata) ? object.metadata.generation : undefined;
}

async function isReady(name: string): Promise<void> {
  await until(async () => (await conditionOf(services, name)).status === 'True', `${name} is ready`);
}

async function urlOf(name: string): Promise<URL> {
  const object = await client.get(services, { namespace: NAMESPACE, name });
  return new URL(stringAt(object, 'status', 'url') ?? '');
}

/** The URL's host is one of this machine, which not every resolver knows. */
function ask(url: URL): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: url.port, path: '/', headers: { host: url.host }, agent };
    get(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** How often each answer came. */
async function count(url: URL, requests: number): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  let left = requests;
  async function worker(): Promise<void> {
    while (left-- > 0) {
      const { status, body } = await ask(url);
      const answer = `${status} ${body.split('!')[0]}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker));
  return answers;
}

async function metrics(): Promise<string> {
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(output) ?? [];
  return (await fetch(url)).text();
}

/** Requests, by the metrics that the platform tells. */
async function counted(): Promise<number> {
  const lines = (await metrics())
    .split('\n')
    .filter((line) => line.startsWith('http_server_request_duration_seconds_count{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function podCount(): Promise<number> {
  const { items } = await client.list(pods, {
    namespace: NAMESPACE,
    labelSelector: 'serving.knative.dev/service=hello-world',
  });
  return items.length;
}

describe('a Service on weir up', () => {
  it('answers at its own URL', async () => {
    await apply(example('hello-world.yaml'));
    await isReady('hello-world');
    const url = await urlOf('hello-world');
    expect(url.hostname).toBe(`hello-world.${NAMESPACE}.localhost`);
    expect(output).toContain(`.localhost:${url.port}`);
    expect(await ask(url)).toEqual({ status: 200, body: 'Hello Knative!\n' });
  });

  it('goes to zero, and answers again after that', async () => {
    await until(async () => (await podCount()) === 0, 'no Pod is left');
    expect((await conditionOf(services, 'hello-world')).status).toBe('True');
    const began = performance.now();
    expect((await ask(await urlOf('hello-world'))).status).toBe(200);
    if (process.env.WEIR_FIGURES !== undefined) {
      process.stdout.write(`the first request from zero: ${Math.round(performance.now() - began)} ms\n`);
    }
    expect(await podCount()).toBe(1);
  });

  it('loses no request of a burst that comes at zero', async () => {
    await until(async () => (await podCount()) === 0, 'no Pod is left');
    const url = await urlOf('hello-world');
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(url)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('splits its traffic exactly, over 10,000 requests', async () => {
    await apply(example('canary.yaml'));
    await isReady('hello-world');
    const before = await counted();
    const answers = await count(await urlOf('hello-world'), 10_000);
    expect(Object.fromEntries(answers)).toEqual({ '200 Hello Knative': 8000, '200 Hello the canary': 2000 });
    // each of them once, whatever was reconciled meanwhile
    expect((await counted()) - before).toBe(10_000);

    const service = await client.get(services, { namespace: NAMESPACE, name: 'hello-world' });
    const tagged = arrayAt(service, 'status', 'traffic').find((each) => stringAt(each, 'tag') === 'canary');
    expect((await ask(new URL(stringAt(tagged, 'url') ?? ''))).body).toBe('Hello the canary!\n');
  });

  it('rolls back', async () => {
    await apply(example('canary.yaml', [{ revisionName: 'hello-world-v1', percent: 100 }]));
    await isReady('hello-world');
    expect(Object.fromEntries(await count(await urlOf('hello-world'), 200))).toEqual({ '200 Hello Knative': 200 });
  });

  it('whose image nothing stands for says which line to add', async () => {
    const other = example('hello-world.yaml');
    const spec = { template: { spec: { containers: [{ image: 'registry.example.com/shop/unknown:1' }] } } };
    await apply({ ...other, metadata: { name: 'unknown', namespace: NAMESPACE }, spec });
    const isThere = async (): Promise<boolean> =>
      (await client.list(revisions, { namespace: NAMESPACE })).items.some((each) => nameOf(each) === 'unknown-00001');
    await until(isThere, 'its Revision is there');
    await until(async () => (await conditionOf(revisions, 'unknown-00001')).status === 'False', 'it says so');
    const { reason, message } = await conditionOf(revisions, 'unknown-00001');
    expect(reason).toBe('ContainerMissing');
    expect(message).toContain('"registry.example.com/shop/unknown": {command: [node, server.js]}');
  });

  it('is there again after the platform was killed in the middle of its traffic', async () => {
    const before = await urlOf('hello-world');
    const { port } = before;
    const seen: string[] = [];
    let isOver = false;
    const traffic = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await ask(before).catch((error: NodeJS.ErrnoException) => ({ status: error.code ?? 'broken' }));
        if (String(answer.status) !== seen.at(-1)) seen.push(String(answer.status));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    await until(() => seen.includes('200'), 'there is traffic');
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    platform.kill('SIGKILL');
    await ended;
    connection.close();
    platform = start();
    await until(() => output.includes('Ctrl-C stops') || platform.exitCode !== null, 'weir up again');
    connection = await connect({
      kubeconfig: path.join(folder, '.weir/kubeconfig'),
      environment: {},
      clock: systemClock,
    });
    client = clientOver(connection);
    await isReady('hello-world');
    const url = await urlOf('hello-world');
    expect(url.port).toBe(port);
    await until(async () => (await ask(url)).status === 200, 'it answers');
    isOver = true;
    await Promise.all(traffic);
    // nobody was there, or nobody knew yet; never a wrong answer, and none that fails once it answers again
    const known = ['200', '503', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'broken'];
    expect(seen.filter((status) => !known.includes(status))).toEqual([]);
    expect(seen.at(-1)).toBe('200');
    // who was killed gives no Lease back, and the next would wait it out
    const held = (await client.list(leases, { namespace: 'weir-system' })).items.map(nameOf);
    expect(held).not.toContain('weir-controller');
    expect(await metrics()).toContain('leader_election_master_status{name="weir-controller"} 1');
  });
});
