/** Sources on `weir up`: a process of its own, and an HTTP server that takes their events. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  apiServerSources,
  containerSources,
  pingSources,
  sinkBindings,
} from '../../../controllers/eventing/resources.ts';
import { jobs } from '../../../controllers/jobs/resources.ts';
import { gitHubSources } from '../../../controllers/sources/github/controller.ts';
import { attributeText, type CloudEvent } from '../../../src/cloudevents/event.ts';
import { decodeEvent } from '../../../src/cloudevents/http.ts';
import { type Client, clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connect } from '../../../src/kubernetes/client/connection.ts';
import { configMaps, roleBindings, roles, secrets, serviceAccounts } from '../../../src/kubernetes/client/resources.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';

jest.setTimeout(300_000);

/** From its sources, as bin/weir.js runs what is built of them. */
const MAIN = `import { main } from ${JSON.stringify(pathToFileURL('src/cli/main.ts').href)}; process.exitCode = await main(process.argv.slice(1));`;
/** Judged by nobody. */
const NAMESPACE = 'default';
/** Of a machine that is ten times slower. */
const PATIENCE_MS = 120_000;

const WEIR_YAML = `
apiVersion: weir.dev/v1alpha1
kind: Configuration
images: {shop/tell: {command: [node, tell.js]}}
`;
/** Tells the sink of its environment that it runs, once. */
const PROGRAM = `
const { K_SINK, K_CE_OVERRIDES } = process.env;
const extensions = Object.entries(JSON.parse(K_CE_OVERRIDES || '{}').extensions ?? {});
const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/tell', 'ce-type': 'shop.told' };
for (const [name, value] of extensions) headers['ce-' + name] = value;
await fetch(K_SINK, { method: 'POST', headers });
if (process.argv[2] !== 'once') setInterval(() => {}, 1e6);
`;

let folder: string;
let platform: ChildProcess;
let output = '';
let connection: Connection;
let client: Client;
let server: Server;
let sink: string;
const taken: { readonly path: string; readonly event: CloudEvent }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-sources-'));
  writeFileSync(path.join(folder, 'weir.yaml'), WEIR_YAML);
  writeFileSync(path.join(folder, 'tell.js'), PROGRAM);
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const decoded = decodeEvent(request.headers, Buffer.concat(chunks));
    if (decoded.ok) taken.push({ path: request.url ?? '', event: decoded.event });
    response.writeHead(decoded.ok ? 202 : 400).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  sink = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  await start();
}, 300_000);

afterAll(async () => {
  connection?.close();
  const ended = new Promise((resolve) => platform.once('exit', resolve));
  platform.kill('SIGINT');
  if (platform.exitCode === null) await ended;
  server.close();
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

async function start(): Promise<void> {
  const options = ['up', folder, '--port', '0', '--ingress-port', '0'];
  platform = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', MAIN, '--', ...options], {
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

function takenAt(to: string): CloudEvent[] {
  return taken.filter((each) => each.path === to).map(({ event }) => event);
}

function aSource(kind: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'sources.knative.dev/v1', kind, metadata: { namespace: NAMESPACE, name }, spec };
}

function aJob(name: string): JsonObject {
  const containers = [{ name: 'tell', image: 'shop/tell', args: ['once'] }];
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: NAMESPACE, name, labels: { app: 'tell' } },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  };
}

describe('on weir up', () => {
  it("a PingSource's events arrive, second by second", async () => {
    const spec = { schedule: '* * * * * *', contentType: 'text/plain', data: 'tick', sink: { uri: `${sink}/ping` } };
    await client.create(pingSources, aSource('PingSource', 'tick', spec));
    await until(() => takenAt('/ping').length >= 2, 'two events');
    await client.delete(pingSources, { namespace: NAMESPACE, name: 'tick' });
    const [event] = takenAt('/ping');
    expect(event?.data?.toString()).toBe('tick');
    expect(event && attributeText(event, 'source')).toBe(`/apis/v1/namespaces/${NAMESPACE}/pingsources/tick`);
    expect(new Set(takenAt('/ping').map((each) => attributeText(each, 'id'))).size).toBe(takenAt('/ping').length);
  });

  it('an ApiServerSource tells what its account may see', async () => {
    const rbac = 'rbac.authorization.k8s.io';
    const metadata = { namespace: NAMESPACE, name: 'watcher' };
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }];
    await client.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    await client.create(roles, { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules });
    await client.create(roleBindings, {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'watcher' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    });
    const resources = [{ apiVersion: 'v1', kind: 'ConfigMap' }];
    const spec = { serviceAccountName: 'watcher', mode: 'Resource', resources, sink: { uri: `${sink}/api` } };
    await client.create(apiServerSources, aSource('ApiServerSource', 'changes', spec));
    let attempt = 0;
    await until(async () => {
      const body = { metadata: { namespace: NAMESPACE, name: `prices-${++attempt}` }, data: { pear: '1' } };
      await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', ...body });
      return takenAt('/api').length > 0;
    }, 'a ConfigMap is told of');
    const [event] = takenAt('/api');
    expect(event && attributeText(event, 'type')).toBe('dev.knative.apiserver.resource.add');
    expect(JSON.parse(event?.data?.toString() ?? '')).toMatchObject({ kind: 'ConfigMap', data: { pear: '1' } });
  });

  it('a ContainerSource runs its program, which finds its sink', async () => {
    const template = { spec: { containers: [{ name: 'tell', image: 'shop/tell' }] } };
    const ceOverrides = { extensions: { team: 'shop' } };
    const spec = { template, ceOverrides, sink: { uri: `${sink}/container` } };
    await client.create(containerSources, aSource('ContainerSource', 'heart', spec));
    await until(() => takenAt('/container').length > 0, 'its event');
    const [event] = takenAt('/container');
    expect(event && attributeText(event, 'team')).toBe('shop');
    await until(async () => {
      const source = await client.get(containerSources, { namespace: NAMESPACE, name: 'heart' });
      return JSON.stringify(arrayAt(source, 'status', 'conditions')).includes('"type":"Ready","status":"True"');
    }, 'it is ready');
    await client.delete(containerSources, { namespace: NAMESPACE, name: 'heart' });
  });

  it('a SinkBinding gives the Jobs of a CronJob their sink', async () => {
    const subject = { apiVersion: 'batch/v1', kind: 'Job', selector: { matchLabels: { app: 'tell' } } };
    const binding = aSource('SinkBinding', 'tell', { subject, sink: { uri: `${sink}/job` } });
    await client.create(sinkBindings, binding);
    await until(async () => {
      const there = await client.get(sinkBindings, { namespace: NAMESPACE, name: 'tell' });
      return JSON.stringify(arrayAt(there, 'status', 'conditions')).includes('"type":"Ready","status":"True"');
    }, 'it is ready');
    await client.create(jobs, aJob('tell'));
    await until(() => takenAt('/job').length > 0, 'its event');
  });

  it('a GitHubSource takes a push that is signed', async () => {
    const secretToken = { secretKeyRef: { name: 'github', key: 'secretToken' } };
    const metadata = { namespace: NAMESPACE, name: 'github' };
    const stringData = { secretToken: 'secret' };
    await client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata, stringData });
    const more = { ownerAndRepository: 'my-org/shop', eventTypes: ['push'], accessToken: secretToken };
    const source = aSource('GitHubSource', 'pushes', { ...more, secretToken, sink: { uri: `${sink}/push` } });
    await client.create(gitHubSources, { ...source, apiVersion: 'sources.knative.dev/v1alpha1' });
    let url: string | undefined;
    await until(async () => {
      const there = await client.get(gitHubSources, { namespace: NAMESPACE, name: 'pushes' });
      url = stringAt(there, 'status', 'address', 'url');
      return JSON.stringify(there.status ?? {}).includes('"type":"Ready","status":"True"');
    }, 'it is ready');
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const signature = `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`;
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'one', 'x-hub-signature-256': signature };
    expect((await fetch(url ?? '', { method: 'POST', body, headers })).status).toBe(202);
    const [event] = takenAt('/push');
    expect(event && attributeText(event, 'type')).toBe('dev.knative.source.github.push');
    expect(event && attributeText(event, 'ref')).toBe('refs/heads/main');
  });

  it('all of it goes on after the platform was killed', async () => {
    const spec = { schedule: '* * * * * *', data: 'tick', sink: { uri: `${sink}/again` } };
    await client.create(pingSources, aSource('PingSource', 'again', spec));
    await until(() => takenAt('/again').length > 0, 'an event');
    const ended = new Promise((resolve) => platform.once('exit', resolve));
    platform.kill('SIGKILL');
    await ended;
    connection.close();
    taken.splice(0);
    await start();
    await until(() => takenAt('/again').length > 0, 'another event');
    await client.create(jobs, aJob('tell-again'));
    await until(() => takenAt('/job').length > 0, 'the sink of a Job');
  });
});
