import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { apiServerSources } from '../../../controllers/eventing/resources.ts';
import { configMaps, secrets } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { SendRequest } from '../../../src/platform/eventing/send.ts';
import { eventually } from '../../kubernetes/client/fakeClock.ts';
import { type EmbeddedCluster, startCluster } from '../kit/cluster.ts';
import { conditionsOf, runSources, SERVER, type SourcesRun } from './kit.ts';

jest.setTimeout(120_000);

const PATIENCE_MS = 40_000;
let cluster: EmbeddedCluster;
let running: SourcesRun;
let count = 0;

beforeAll(async () => {
  cluster = await startCluster();
  running = await runSources(cluster);
});
afterAll(async () => {
  await running.stop();
  await cluster.stop();
});

/** A namespace with an account that may watch these; and a source in it, whose sink is of its own. */
async function aSource(spec: JsonObject, may: readonly string[] = ['configmaps']): Promise<string> {
  const namespace = `api-${++count}`;
  const rbac = 'rbac.authorization.k8s.io';
  await cluster.namespace(namespace, undefined, { team: namespace });
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: 'watcher' } },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: { name: namespace },
      rules: [{ apiGroups: [''], resources: [...may], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: namespace },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: namespace },
      subjects: [{ kind: 'ServiceAccount', namespace, name: 'watcher' }],
    },
    {
      apiVersion: 'sources.knative.dev/v1',
      kind: 'ApiServerSource',
      metadata: { namespace, name: 'changes' },
      spec: {
        serviceAccountName: 'watcher',
        resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }],
        sink: { uri: `http://sink.example.com/${namespace}` },
        ...spec,
      },
    },
  );
  await running.settle();
  return namespace;
}

async function statusOf(namespace: string): Promise<JsonObject> {
  return cluster.client.get(apiServerSources, { namespace, name: 'changes' });
}

async function expectSaid(namespace: string, message: string): Promise<void> {
  const source = await statusOf(namespace);
  expect(conditionsOf(source)).toMatchObject({ Ready: expect.stringMatching(/^False/) });
  expect(JSON.stringify(source.status)).toContain(message);
}

function aConfigMap(namespace: string, name: string, more: JsonObject = {}): JsonObject {
  const { labels = {}, ownerReferences = [], ...rest } = more;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name, labels, ownerReferences },
    ...rest,
  };
}

function sentFor(namespace: string): SendRequest[] {
  return running.sent.filter(({ url }) => url === `http://sink.example.com/${namespace}`);
}

function said(requests: readonly SendRequest[]): string[] {
  return requests.map(({ event }) => `${event.attributes.get('type')} ${event.attributes.get('name')}`);
}

/** Watches begin in the background: something of it is changed until that is told, and told to the end. */
async function isWatching(namespace: string, of: string = namespace, more: JsonObject = {}): Promise<void> {
  const names = () => said(sentFor(namespace)).map((each) => each.split(' ')[1]);
  for (let attempt = 1; names().length === 0; attempt++) {
    if (attempt > PATIENCE_MS / 100) throw new Error(`nothing was told of ${of}`);
    await cluster.apply(aConfigMap(of, 'begins', { ...more, data: { attempt: String(attempt) } }));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await cluster.apply(aConfigMap(of, 'has-begun', more));
  await eventually(() => names().includes('has-begun'), 'it is told', PATIENCE_MS);
  running.sent.splice(0);
}

describe('an ApiServerSource', () => {
  it('tells what happens to objects, whole or by reference, and not what was there', async () => {
    const namespace = await aSource({ mode: 'Resource', ceOverrides: { extensions: { team: 'shop' } } });
    await isWatching(namespace);
    await cluster.apply(aConfigMap(namespace, 'prices', { data: { pear: '1' } }));
    await cluster.apply(aConfigMap(namespace, 'prices', { data: { pear: '2' } }));
    await cluster.client.delete(configMaps, { namespace, name: 'prices' });
    await eventually(() => sentFor(namespace).length === 3, 'three events', PATIENCE_MS);
    const type = 'dev.knative.apiserver.resource';
    expect(said(sentFor(namespace))).toEqual([`${type}.add prices`, `${type}.update prices`, `${type}.delete prices`]);
    const [add] = sentFor(namespace);
    expect(Object.fromEntries(add?.event.attributes ?? [])).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^id-/),
      time: expect.any(String),
      type: `${type}.add`,
      source: SERVER,
      subject: `/apis/v1/namespaces/${namespace}/configmaps/prices`,
      datacontenttype: 'application/json',
      kind: 'ConfigMap',
      apiversion: 'v1',
      name: 'prices',
      namespace,
      team: 'shop',
    });
    expect(JSON.parse(add?.event.data?.toString() ?? '')).toMatchObject({ kind: 'ConfigMap', data: { pear: '1' } });

    const source = await statusOf(namespace);
    expect(conditionsOf(source)).toEqual({
      Deployed: 'True',
      OIDCIdentityCreated: 'True authentication-oidc feature disabled',
      Ready: 'True',
      SinkProvided: 'True',
      SufficientPermissions: 'True',
    });
    expect(source.status).toMatchObject({
      namespaces: [namespace],
      ceAttributes: ['add', 'delete', 'update'].map((each) => ({ type: `${type}.${each}`, source: SERVER })),
    });

    const body = { spec: { mode: 'Reference' } };
    await cluster.client.patch(apiServerSources, { namespace, name: 'changes' }, { type: 'merge', body });
    await running.settle();
    running.sent.splice(0);
    await cluster.apply(aConfigMap(namespace, 'sizes'));
    await eventually(() => sentFor(namespace).length === 1, 'a reference', PATIENCE_MS);
    const [reference] = sentFor(namespace);
    expect(reference?.event.attributes.get('type')).toBe('dev.knative.apiserver.ref.add');
    expect(reference?.event.data?.toString()).toBe(
      JSON.stringify({ kind: 'ConfigMap', namespace, name: 'sizes', apiVersion: 'v1' }),
    );
  });

  it('minds selectors, owners and filters', async () => {
    const namespace = await aSource({
      resources: [{ apiVersion: 'v1', kind: 'ConfigMap', selector: { matchLabels: { app: 'shop' } } }],
      owner: { apiVersion: 'apps/v1', kind: 'Deployment' },
      filters: [{ not: { suffix: { name: '-secret' } } }],
    });
    const owned = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'x', uid: 'u', controller: true }];
    const labels = { app: 'shop' };
    await isWatching(namespace, namespace, { labels, ownerReferences: owned });
    await cluster.apply(
      aConfigMap(namespace, 'without-label', { ownerReferences: owned }),
      aConfigMap(namespace, 'without-owner', { labels }),
      aConfigMap(namespace, 'of-another', { labels, ownerReferences: [{ ...owned[0], kind: 'Job' }] }),
      aConfigMap(namespace, 'its-secret', { labels, ownerReferences: owned }),
      aConfigMap(namespace, 'last', { labels, ownerReferences: owned }),
    );
    await eventually(() => said(sentFor(namespace)).some((each) => each.endsWith(' last')), 'the last', PATIENCE_MS);
    // what has no owner any more is collected, which is told, too
    const names = said(sentFor(namespace)).map((each) => each.split(' ')[1]);
    expect(new Set(names.filter((name) => name !== 'begins' && name !== 'has-begun'))).toEqual(new Set(['last']));
  });

  it('filters unless config-features switches that off', async () => {
    const namespace = await aSource({ filters: [{ exact: { name: 'prices' } }] });
    const deployed = async () => {
      await running.settle();
      return conditionsOf(await statusOf(namespace)).Deployed;
    };
    expect(await deployed()).toBe('True');
    const data = { 'new-apiserversource-filters': 'disabled' };
    await cluster.namespace('knative-eventing');
    await cluster.apply(aConfigMap('knative-eventing', 'config-features', { data }));
    expect(await deployed()).toMatch(/^False InvalidSource/);
    await cluster.client.delete(configMaps, { namespace: 'knative-eventing', name: 'config-features' });
    expect(await deployed()).toBe('True');
  });

  it('watches where a selector of namespaces says, also those that come', async () => {
    const namespace = await aSource({ namespaceSelector: { matchLabels: { zone: 'eu' } } });
    expect((await statusOf(namespace)).status).toMatchObject({ namespaces: [] });
    await cluster.namespace('eu-1', undefined, { zone: 'eu' });
    await running.settle();
    expect((await statusOf(namespace)).status).toMatchObject({ namespaces: ['eu-1'] });
    await isWatching(namespace, 'eu-1');
    await cluster.apply(aConfigMap(namespace, 'x'), aConfigMap('eu-1', 'x'));
    await eventually(() => sentFor(namespace).length > 0, 'the other', PATIENCE_MS);
    expect(new Set(sentFor(namespace).map(({ event }) => event.attributes.get('namespace')))).toEqual(
      new Set(['eu-1']),
    );
  });

  it('may see what its account may, and says what that is not', async () => {
    const namespace = await aSource({ resources: [{ apiVersion: 'v1', kind: 'Secret' }] });
    const source = await statusOf(namespace);
    expect(conditionsOf(source)).toMatchObject({ Ready: 'False', SufficientPermissions: 'False' });
    const user = `system:serviceaccount:${namespace}:watcher`;
    expect(JSON.stringify(source.status)).toContain(
      `User ${user} cannot get, list, watch resource \\"secrets\\" in API group \\"\\" in Namespace \\"${namespace}\\"`,
    );
    await cluster.client.create(secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'one' } });

    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }];
    const rbac = 'rbac.authorization.k8s.io/v1';
    await cluster.apply({ apiVersion: rbac, kind: 'ClusterRole', metadata: { name: namespace }, rules });
    await running.pass(5000);
    expect(conditionsOf(await statusOf(namespace))).toMatchObject({ Ready: 'True', SufficientPermissions: 'True' });
    let attempt = 0;
    while (sentFor(namespace).length === 0 && attempt < 400) {
      const place = { namespace, name: 'one' };
      const body = { stringData: { attempt: String(++attempt) } };
      await cluster.client.patch(secrets, place, { type: 'merge', body });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(new Set(said(sentFor(namespace)))).toEqual(new Set(['dev.knative.apiserver.ref.update one']));
  });

  it('says that there is no such kind', async () => {
    const resources = [{ apiVersion: 'v1', kind: 'Configmop' }];
    const namespace = await aSource({ resources }, ['configmaps', 'configmops']);
    await expectSaid(namespace, 'no Configmop of v1');
  });

  it.each<[title: string, spec: JsonObject, message: string]>([
    ['no resources', { resources: [] }, 'missing field(s)'],
    ['a mode that is none', { mode: 'All' }, 'invalid value: All'],
  ])('says that there is %s, let in before the check', async (_, spec, message) => {
    const namespace = await cluster.letIn(() => aSource(spec));
    await expectSaid(namespace, message);
  });

  it('loses no order while the sink is slow, and ends with its source', async () => {
    const namespace = await aSource({});
    await isWatching(namespace);
    for (let number = 0; number < 10; number++) await cluster.apply(aConfigMap(namespace, `n-${number}`));
    await eventually(() => sentFor(namespace).length === 10, 'ten events', PATIENCE_MS);
    expect(said(sentFor(namespace)).map((each) => each.split(' ')[1])).toEqual(
      Array.from({ length: 10 }, (_, number) => `n-${number}`),
    );
    await cluster.client.delete(apiServerSources, { namespace, name: 'changes' });
    await running.settle();
    running.sent.splice(0);
    await cluster.apply(aConfigMap(namespace, 'later'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(sentFor(namespace)).toEqual([]);
  });
});
