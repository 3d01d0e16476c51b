/** What follows from a deletion: finalizers, owners, namespaces. */
import type { JsonValue } from '../../../../../src/kubernetes/json.ts';
import { CONFIG_MAPS, configMap, get, MERGE, patch, post, put, remove, type Scenario } from '../scenario.ts';

const FINAL = `${CONFIG_MAPS}/final`;
const owned = (name: string, more: object = {}) =>
  configMap(
    name,
    {},
    { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '$uid(0)', ...more }] },
  );

export const life: readonly Scenario[] = [
  {
    name: 'finalizers',
    steps: [
      post(CONFIG_MAPS, configMap('final', {}, { finalizers: ['weir.dev/first', 'weir.dev/second'] })),
      remove(FINAL),
      get(FINAL),
      remove(FINAL),
      patch(FINAL, MERGE, { metadata: { finalizers: ['weir.dev/first', 'weir.dev/third'] } }),
      patch(FINAL, MERGE, { data: { still: 'there' } }),
      patch(FINAL, MERGE, { metadata: { finalizers: ['weir.dev/first'] } }),
      patch(FINAL, MERGE, { metadata: { finalizers: null } }),
      get(FINAL),
    ],
  },
  {
    name: 'owners in the background',
    steps: [
      post(CONFIG_MAPS, configMap('owner')),
      post(CONFIG_MAPS, owned('child')),
      post(CONFIG_MAPS, owned('other', { uid: '00000000-0000-0000-0000-000000000000' })),
      remove(`${CONFIG_MAPS}/owner`, { propagationPolicy: 'Background' }),
      get(`${CONFIG_MAPS}/child`, { until: 404 }),
      get(`${CONFIG_MAPS}/other`, { until: 404 }),
    ],
  },
  {
    name: 'owners that are orphaned',
    steps: [
      post(CONFIG_MAPS, configMap('owner')),
      post(CONFIG_MAPS, owned('child')),
      remove(`${CONFIG_MAPS}/owner?propagationPolicy=Orphan`, undefined, { only: () => null }),
      get(`${CONFIG_MAPS}/owner`, { until: 404 }),
      get(`${CONFIG_MAPS}/child`, { only: owners }),
    ],
  },
  {
    name: 'owners in the foreground',
    steps: [
      post(CONFIG_MAPS, configMap('owner')),
      post(
        CONFIG_MAPS,
        configMap(
          'child',
          {},
          {
            finalizers: ['weir.dev/hold'],
            ownerReferences: [
              { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '$uid(0)', blockOwnerDeletion: true },
            ],
          },
        ),
      ),
      remove(`${CONFIG_MAPS}/owner`, { propagationPolicy: 'Foreground' }),
      get(`${CONFIG_MAPS}/owner`),
      patch(`${CONFIG_MAPS}/child`, MERGE, { metadata: { finalizers: null } }, { only: () => null }),
      get(`${CONFIG_MAPS}/child`, { until: 404 }),
      get(`${CONFIG_MAPS}/owner`, { until: 404 }),
    ],
  },
  {
    name: 'namespaces',
    steps: [
      post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ':ns-inner' } }),
      post('/api/v1/namespaces/:ns-inner/configmaps', configMap('held', {}, { finalizers: ['weir.dev/hold'] })),
      put('/api/v1/namespaces/:ns-inner', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: ':ns-inner', labels: { a: 'b' } },
      }),
      remove('/api/v1/namespaces/:ns-inner', undefined, { only: () => null }),
      post('/api/v1/namespaces/:ns-inner/configmaps', configMap('late')),
      patch(
        '/api/v1/namespaces/:ns-inner/configmaps/held',
        MERGE,
        { metadata: { finalizers: null } },
        { only: () => null },
      ),
      get('/api/v1/namespaces/:ns-inner', { until: 404 }),
      remove('/api/v1/namespaces/default'),
      remove('/api/v1/namespaces/kube-system'),
      post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'Wrong.Name' } }),
    ],
  },
];

function owners(body: JsonValue) {
  const { metadata } = body as { metadata?: { ownerReferences?: JsonValue } };
  return metadata?.ownerReferences ?? null;
}
