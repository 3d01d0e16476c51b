import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { gitHubSources } from '../../../controllers/sources/github/controller.ts';
import { isSigned } from '../../../controllers/sources/github/signature.ts';
import { secrets } from '../../../src/kubernetes/client/resources.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { type Cluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources, type SourcesRun } from './kit.ts';

jest.setTimeout(120_000);

const SECRET = "It's a Secret to Everybody";
const NAMESPACE = 'ci';
const PLACE = { namespace: NAMESPACE, name: 'pushes' };
const PUSH = {
  ref: 'refs/heads/main',
  compare: 'https://github.com/my-org/shop/compare/a10867b14bb7...000000000000',
  created: false,
  deleted: false,
  forced: true,
  repository: { id: 1, name: 'shop', owner: { login: 'my-org' } },
  pusher: { name: 'ana' },
  sender: { login: 'ana' },
  head_commit: { id: 'a10867b14bb7' },
};

let cluster: Cluster;
let running: SourcesRun;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.namespace(NAMESPACE);
  running = await runSources(cluster);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

function aSource(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'sources.knative.dev/v1alpha1',
    kind: 'GitHubSource',
    metadata: PLACE,
    spec: {
      ownerAndRepository: 'my-org/shop',
      eventTypes: ['push'],
      accessToken: { secretKeyRef: { name: 'github', key: 'accessToken' } },
      secretToken: { secretKeyRef: { name: 'github', key: 'secretToken' } },
      sink: { uri: 'http://sink.example.com/' },
      ...spec,
    },
  };
}

function signed(body: string, secret = SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

async function post(
  body: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): Promise<{ status: number; text: string }> {
  const source = await cluster.client.get(gitHubSources, PLACE);
  const url = stringAt(source, 'status', 'address', 'url') ?? '';
  const response = await fetch(url, {
    method,
    ...(method === 'POST' ? { body } : {}),
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': signed(body),
      ...headers,
    },
  });
  return { status: response.status, text: (await response.text()).trim() };
}

describe('a signature', () => {
  it.each<[title: string, header: string | undefined, secret: string, expected: boolean]>([
    // the example of GitHub's own documentation
    ['of GitHub', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17', SECRET, true],
    ['that is none', undefined, SECRET, false],
    ['of another secret', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17', 'x', false],
    ['cut', 'sha256=757107ea', SECRET, false],
    ['by SHA-1', 'sha1=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17', SECRET, false],
    ['that is no hex', 'sha256=zz', SECRET, false],
    ['without a secret', signed('Hello, World!', ''), '', false],
  ])('%s', (_, header, secret, expected) => {
    expect(isSigned(Buffer.from('Hello, World!'), header, secret)).toBe(expected);
  });
});

describe('a GitHubSource', () => {
  it('waits for its secret, and says where it takes webhooks', async () => {
    await cluster.apply(aSource());
    await running.settle();
    expect(conditionsOf(await cluster.client.get(gitHubSources, PLACE))).toMatchObject({
      Ready: 'False SecretTokenNotFound',
      SecretsProvided: 'False SecretTokenNotFound',
    });
    await cluster.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: NAMESPACE, name: 'github' },
      stringData: { secretToken: SECRET },
    });
    await running.pass(5000);
    const source = await cluster.client.get(gitHubSources, PLACE);
    expect(conditionsOf(source)).toEqual({
      Ready: 'True',
      SecretsProvided: 'True',
      SinkProvided: 'True',
      WebhookConfigured: 'True NotRegistered',
    });
    expect(source.status).toMatchObject({
      sinkUri: 'http://sink.example.com/',
      ceAttributes: [{ type: 'dev.knative.source.github.push', source: 'https://github.com/my-org/shop' }],
    });
  });

  it('makes an event of a push that is signed', async () => {
    const body = JSON.stringify(PUSH);
    expect(await post(body)).toEqual({ status: 202, text: 'accepted' });
    const [request] = running.sent.splice(0);
    expect(request?.url).toBe('http://sink.example.com/');
    expect(Object.fromEntries(request?.event.attributes ?? [])).toEqual({
      specversion: '1.0',
      id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      type: 'dev.knative.source.github.push',
      source: 'https://github.com/my-org/shop',
      subject: 'a10867b14bb7...000000000000',
      time: expect.any(String),
      datacontenttype: 'application/json',
      owner: 'my-org',
      repository: 'shop',
      sender: 'ana',
      pusher: 'ana',
      ref: 'refs/heads/main',
      created: 'false',
      deleted: 'false',
      forced: 'true',
    });
    expect(request?.event.data?.toString()).toBe(body);
  });

  it.each<[title: string, headers: Record<string, string>, body: string, status: number, text: string]>([
    ['that is signed by another', { 'x-hub-signature-256': signed('{}', 'x') }, '{}', 400, 'the signature'],
    ['of another body', { 'x-hub-signature-256': signed('{}') }, '{"a":1}', 400, 'the signature'],
    ['that names no event', { 'x-github-event': '' }, '{}', 400, '"x-github-event" header is not set'],
    ['of an event that is unknown', { 'x-github-event': '__proto__' }, '{}', 404, 'no event that is known'],
    ['that is no JSON', {}, 'payload=%7B%7D', 400, 'the body is no JSON object'],
    ['that is not wanted', { 'x-github-event': 'ping' }, '{}', 202, 'ping is not wanted'],
  ])('sends nothing of one %s', async (_, headers, body, status, text) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(running.sent).toEqual([]);
  });

  it('takes nothing else', async () => {
    expect((await post('', {}, 'GET')).status).toBe(405);
    const source = await cluster.client.get(gitHubSources, PLACE);
    const url = new URL(stringAt(source, 'status', 'address', 'url') ?? '');
    expect((await fetch(new URL('/ci/other', url), { method: 'POST' })).status).toBe(404);
  });

  it('says so where the sink does not take it', async () => {
    running.answer(500);
    expect(await post(JSON.stringify(PUSH))).toMatchObject({ status: 502 });
    running.answer(202);
    running.sent.splice(0);
  });

  it('tells nobody who is not known what stands in its way', async () => {
    const secret = { namespace: NAMESPACE, name: 'github' };
    await cluster.client.delete(secrets, secret);
    const answer = await post('{}', { 'x-hub-signature-256': 'sha256=' });
    expect(answer).toEqual({ status: 500, text: 'the webhook could not be checked; the log of sources says why' });
    await cluster.client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: secret,
      stringData: { secretToken: SECRET },
    });
  });

  it('ends with its source', async () => {
    const source = await cluster.client.get(gitHubSources, PLACE);
    const url = stringAt(source, 'status', 'address', 'url') ?? '';
    await cluster.apply(aSource({ eventTypes: ['pushed'] }));
    await running.settle();
    expect(conditionsOf(await cluster.client.get(gitHubSources, PLACE))).toMatchObject({
      Ready: 'False InvalidSource',
    });
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
    await cluster.client.delete(gitHubSources, PLACE);
    await running.settle();
    expect((await fetch(url, { method: 'POST' })).status).toBe(404);
  });
});
