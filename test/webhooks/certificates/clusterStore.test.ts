import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { arrayAt, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { ClusterStore, ROTATE_ANNOTATION } from '../../../webhooks/certificates/clusterStore.ts';
import type { Material } from '../../../webhooks/certificates/examine.ts';
import { FakeApiServer, refuse } from '../../kubernetes/client/fakeApiServer.ts';
import { eventually } from '../../kubernetes/client/fakeClock.ts';
import { clientTo } from '../../kubernetes/client/resources.ts';

const secrets: Resource = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', isNamespaced: true };
const mutating = configurations('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration');
const validating = configurations('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration');

const NAMESPACE = 'weir-system';
const NAME = 'weir-webhook-certificate';
const MATERIAL: Material = {
  'ca.crt': 'ca',
  'ca.key': 'ca key',
  'previous-ca.crt': '',
  'tls.crt': 'leaf',
  'tls.key': 'key',
};

let server: FakeApiServer;
let store: ClusterStore;
const ends: (() => void)[] = [];

beforeEach(async () => {
  server = await FakeApiServer.start([secrets, mutating, validating]);
  store = new ClusterStore({
    client: clientTo(server.url, systemClock),
    clock: systemClock,
    random: () => 0.5,
    log: SILENT,
    namespace: NAMESPACE,
    secretName: NAME,
    mutatingName: 'defaults.weir.dev',
    validatingName: 'policy.weir.dev',
    timeoutMs: 10_000,
  });
});

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await server.close();
});

function configurations(plural: string, kind: string): Resource {
  return { group: 'admissionregistration.k8s.io', version: 'v1', plural, kind, isNamespaced: false };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function stored(): JsonObject {
  return server.get(secrets, NAMESPACE, NAME) ?? {};
}

function putConfiguration(
  resource: Resource,
  name: string,
  generation: number,
  bundles: readonly (string | undefined)[],
) {
  const webhooks = bundles.map((bundle, index) => ({
    name: `${index}.${name}`,
    clientConfig: { service: { name: 'weir-webhook' }, ...(bundle === undefined ? {} : { caBundle: base64(bundle) }) },
  }));
  return server.put(resource, { metadata: { name, generation }, webhooks });
}

describe('the Secret', () => {
  it('is nothing where there is none', async () => {
    expect(await store.secret()).toBeUndefined();
  });

  it('is created as a TLS Secret that says whose it is, and read as it was written', async () => {
    expect(await store.createSecret(MATERIAL)).toBe(true);
    expect(stored()).toMatchObject({
      type: 'kubernetes.io/tls',
      metadata: { labels: { 'app.kubernetes.io/name': 'weir-webhook', 'app.kubernetes.io/managed-by': 'weir' } },
      data: { 'ca.crt': base64('ca'), 'previous-ca.crt': '', 'tls.key': base64('key') },
    });
    const version = stringAt(stored(), 'metadata', 'resourceVersion');
    expect(await store.secret()).toEqual({ version, material: MATERIAL, isRotationAsked: false });
  });

  it('is created once', async () => {
    const answers = await Promise.all([
      store.createSecret(MATERIAL),
      store.createSecret({ ...MATERIAL, 'ca.crt': 'another' }),
    ]);
    expect(answers.toSorted()).toEqual([false, true]);
  });

  it('is replaced only as it was read, and keeps what others put beside', async () => {
    await store.createSecret(MATERIAL);
    const read = await store.secret();
    server.put(secrets, {
      ...stored(),
      metadata: { ...objectAt(stored(), 'metadata'), annotations: { theirs: 'x', [ROTATE_ANNOTATION]: 'now' } },
    });
    expect(await store.replaceSecret(read?.version ?? '', { ...MATERIAL, 'ca.crt': 'late' }, true)).toBe(false);

    const again = await store.secret();
    expect(again).toMatchObject({ isRotationAsked: true, material: MATERIAL });
    expect(await store.replaceSecret(again?.version ?? '', { ...MATERIAL, 'ca.crt': 'new' }, false)).toBe(true);
    expect(objectAt(stored(), 'metadata', 'annotations')).toEqual({ theirs: 'x', [ROTATE_ANNOTATION]: 'now' });

    const last = await store.secret();
    expect(await store.replaceSecret(last?.version ?? '', { ...MATERIAL, 'tls.crt': '' }, true)).toBe(true);
    expect(objectAt(stored(), 'metadata', 'annotations')).toEqual({ theirs: 'x' });
    expect(objectAt(stored(), 'data')).toMatchObject({ 'tls.crt': '', 'ca.crt': base64('ca') });
  });

  it('that is gone meanwhile is not replaced', async () => {
    expect(await store.replaceSecret('1', MATERIAL, false)).toBe(false);
  });

  it.each([
    ['no data', {}],
    ['data that is no object', { data: ['x'] }],
    ['values that are no text', { data: { 'ca.crt': 5, 'tls.key': null } }],
  ])('with %s holds nothing', async (_, content) => {
    server.put(secrets, { metadata: { namespace: NAMESPACE, name: NAME }, ...content });
    expect((await store.secret())?.material).toEqual({
      'ca.crt': '',
      'ca.key': '',
      'previous-ca.crt': '',
      'tls.crt': '',
      'tls.key': '',
    });
  });
});

describe('the configurations', () => {
  it('are those that exist, with what each webhook trusts', async () => {
    expect(await store.configurations()).toEqual([]);
    putConfiguration(validating, 'policy.weir.dev', 3, ['ca', undefined]);
    putConfiguration(validating, 'another.example.com', 3, ['ca']);
    const [found, ...others] = await store.configurations();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      name: 'policy.weir.dev',
      webhooks: [
        { name: '0.policy.weir.dev', pem: 'ca' },
        { name: '1.policy.weir.dev', pem: '' },
      ],
    });
    expect(found?.generation).toMatch(/^uid-\d+\/3$/);
  });

  it('are told apart by uid and generation, whatever else changes', async () => {
    const put = (generation: number) => putConfiguration(mutating, 'defaults.weir.dev', generation, ['ca']);
    put(1);
    const [first] = await store.configurations();
    put(1);
    const [second] = await store.configurations();
    expect(second?.generation).toBe(first?.generation);
    expect(second?.version).not.toBe(first?.version);
    put(2);
    expect((await store.configurations())[0]?.generation).not.toBe(first?.generation);
    server.remove(mutating, '', 'defaults.weir.dev');
    put(1);
    expect((await store.configurations())[0]?.generation).not.toBe(first?.generation);
  });

  it('get the caBundle into every webhook, merged by name, if they are as they were read', async () => {
    putConfiguration(mutating, 'defaults.weir.dev', 1, ['old', undefined]);
    const [found] = await store.configurations();
    if (found === undefined) throw new Error('no configuration');
    expect(await store.publish(found, 'new')).toBe(true);

    const sent = server.requests.at(-1);
    expect(sent?.headers['content-type']).toBe('application/strategic-merge-patch+json');
    expect(sent?.body).toEqual({
      metadata: { resourceVersion: found.version },
      webhooks: [
        { name: '0.defaults.weir.dev', clientConfig: { caBundle: base64('new') } },
        { name: '1.defaults.weir.dev', clientConfig: { caBundle: base64('new') } },
      ],
    });
    expect(await store.publish(found, 'late')).toBe(false);
    const bundles = arrayAt(server.get(mutating, '', 'defaults.weir.dev'), 'webhooks').map((each) =>
      stringAt(each, 'clientConfig', 'caBundle'),
    );
    expect(bundles).toEqual([base64('new'), base64('new')]);
  });

  it('that are gone meanwhile are left alone', async () => {
    const gone = { name: 'policy.weir.dev', version: '1', generation: 'x/1', webhooks: [{ name: 'one', pem: '' }] };
    expect(await store.publish(gone, 'new')).toBe(false);
    expect(await store.publish({ ...gone, name: 'another.example.com' }, 'new')).toBe(false);
  });
});

it('what the API server refuses is no race, and is told', async () => {
  server.faults.push((_, response) => {
    refuse(response, 403, 'Forbidden', 'secrets is forbidden');
    return true;
  });
  await expect(store.secret()).rejects.toThrow('secrets is forbidden');
  await expect(store.configurations()).rejects.toThrow('secrets is forbidden');
  await expect(store.createSecret(MATERIAL)).rejects.toThrow('secrets is forbidden');
  await expect(store.replaceSecret('1', MATERIAL, false)).rejects.toThrow('secrets is forbidden');
});

it('a namespace that is not there is no race', async () => {
  server.faults.push(({ method }, response) => {
    if (method !== 'POST') return false;
    refuse(response, 404, 'NotFound', 'namespaces "weir-system" not found');
    return true;
  });
  await expect(store.createSecret(MATERIAL)).rejects.toThrow('namespaces "weir-system" not found');
});

it('hears of changes of the Secret and of both configurations, one object each, until it is ended', async () => {
  let heard = 0;
  const end = store.watch(() => heard++);
  ends.push(end);
  await eventually(() => server.watchers === 3, 'three watches');

  await store.createSecret(MATERIAL);
  await eventually(() => heard === 1, 'the Secret is heard of');
  putConfiguration(mutating, 'defaults.weir.dev', 1, ['ca']);
  await eventually(() => heard === 2, 'the mutating configuration is heard of');
  putConfiguration(validating, 'policy.weir.dev', 1, ['ca']);
  await eventually(() => heard === 3, 'the validating configuration is heard of');

  const selectors = server.requests
    .filter(({ query }) => query.has('watch'))
    .map(({ path, query }) => `${path} ${query.get('fieldSelector')}`);
  expect(selectors.toSorted()).toEqual([
    '/api/v1/namespaces/weir-system/secrets metadata.name=weir-webhook-certificate',
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations metadata.name=defaults.weir.dev',
    '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations metadata.name=policy.weir.dev',
  ]);
  end();
  await eventually(() => server.watchers === 0, 'no watch');
});
