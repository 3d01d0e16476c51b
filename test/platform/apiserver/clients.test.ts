/** The clients that are to work as they are: Weir's own, and @kubernetes/client-node. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { connect } from '../../../src/kubernetes/client/connection.ts';
import { isConflict, isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { listWatch } from '../../../src/kubernetes/client/listWatch.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { aServer, type Server } from './servers.ts';

const MAPS = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', isNamespaced: true };

let server: Server;
beforeAll(async () => {
  server = await aServer();
}, 60_000);
afterAll(() => server.close());

describe("Weir's own client", () => {
  it('lists, and follows what happens', async () => {
    const client = clientOver(await connect({ kubeconfig: server.kubeconfig, environment: {}, clock: systemClock }));
    const followed = listWatch({ client, resource: MAPS, clock: systemClock, random: () => 0, log: SILENT });
    await followed.synced;
    const of = (name: string) => followed.store.all().find((object) => stringAt(object, 'metadata', 'name') === name);

    const made = await client.create(MAPS, { metadata: { name: 'own', namespace: 'default' }, data: { a: '1' } });
    await until(() => of('own') !== undefined);
    await client.update(MAPS, { ...made, data: { a: '2' } });
    await until(() => stringAt(of('own'), 'data', 'a') === '2');
    expect(await client.update(MAPS, made).catch(isConflict)).toBe(true);
    await client.delete(MAPS, { namespace: 'default', name: 'own' });
    await until(() => of('own') === undefined);
    expect(await client.get(MAPS, { namespace: 'default', name: 'own' }).catch(isNotFound)).toBe(true);
    followed.stop();
  }, 60_000);
});

describe('@kubernetes/client-node', () => {
  const configured = (): KubeConfig => {
    const config = new KubeConfig();
    config.loadFromFile(server.kubeconfig);
    return config;
  };

  it('creates, reads, patches and deletes by its types', async () => {
    const api = configured().makeApiClient(CoreV1Api);
    const place = { namespace: 'default', name: 'typed' };
    const body: V1ConfigMap = { metadata: { name: 'typed' }, data: { a: '1' } };
    expect((await api.createNamespacedConfigMap({ namespace: 'default', body })).metadata?.uid).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    const patched = await api.patchNamespacedConfigMap(
      { ...place, body: { data: { b: '2' } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(patched.data).toEqual({ a: '1', b: '2' });
    expect(
      (await api.listNamespacedConfigMap({ namespace: 'default' })).items.map(({ metadata }) => metadata?.name),
    ).toContain('typed');
    await api.deleteNamespacedConfigMap(place);
    await expect(api.readNamespacedConfigMap(place)).rejects.toMatchObject({ code: 404 });
  }, 60_000);

  it('finds kinds by discovery, and applies', async () => {
    const api = KubernetesObjectApi.makeApiClient(configured());
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } };
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    const spec = { selector: { matchLabels: { a: 'b' } }, template };
    await api.patch({ ...object, spec } as never, undefined, undefined, 'test', true, PatchStrategy.ServerSideApply);
    expect(await api.read(object)).toMatchObject({ kind: 'Deployment', spec: { replicas: 1 } });
  }, 60_000);

  it('watches, and informs', async () => {
    const config = configured();
    const api = config.makeApiClient(CoreV1Api);
    const events: string[] = [];
    const watch = await new Watch(config).watch(
      '/api/v1/namespaces/default/configmaps',
      {},
      (type, { metadata }) => events.push(`${type} ${metadata.name}`),
      () => {},
    );
    const informer = makeInformer<V1ConfigMap>(config, '/api/v1/namespaces/default/configmaps', () =>
      api.listNamespacedConfigMap({ namespace: 'default' }),
    );
    const added: (string | undefined)[] = [];
    informer.on('add', ({ metadata }) => added.push(metadata?.name));
    await informer.start();
    await api.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'seen' } } });
    await until(() => events.includes('ADDED seen') && added.includes('seen'));
    watch.abort();
    await informer.stop();
  }, 60_000);
});

/** Long enough for a machine that is ten times slower. */
async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 10) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it has not come');
}
