/** What follows from a deletion: finalizers, owners, namespaces. */
import { type JsonValue, objectAt } from '../../../../../src/kubernetes/json.ts';
import { CONFIG_MAPS, configMap, get, MERGE, patch, post, put, remove, type Scenario } from '../scenario.ts';

const FINAL = `${CONFIG_MAPS}/final`;
const owned = (name: string, more: object = {}) =>
  configMap(
    name,
    {},
    { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '$uid(0)', ...more }] },
  );

const ACCOUNTS = '/api/v1/namespaces/:ns/serviceaccounts';
const SECRETS = '/api/v1/namespaces/:ns/secrets';

function tokenSecret(name: string, account: string | undefined, more: object = {}): JsonValue {
  const annotations = account === undefined ? {} : { 'kubernetes.io/service-account.name': account };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, annotations },
    type: 'kubernetes.io/service-account-token',
    ...more,
  } as JsonValue;
}

/** The token and the CA are each server's own. */
function withoutData(body: JsonValue): JsonValue {
  const data = objectAt(body, 'data');
  return data === undefined ? body : { ...objectAt(body), data: Object.keys(data).sort() };
}

export const life: readonly Scenario[] = [
  {
    name: 'tokens in secrets',
    steps: [
      post(ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }),
      post(SECRETS, tokenSecret('one', 'robot')),
      get(`${SECRETS}/one`, { until: ({ body }) => objectAt(body, 'data')?.token !== undefined, only: withoutData }),
      post(SECRETS, tokenSecret('two', undefined)),
      post(SECRETS, tokenSecret('two', '')),
      post(SECRETS, tokenSecret('orphan', 'nobody'), { only: () => null }),
      get(`${SECRETS}/orphan`, { until: 404 }),
      post(SECRETS, tokenSecret('own', 'robot', { data: { token: 'b3du', other: 'eA==' } })),
      get(`${SECRETS}/own`, {
        until: ({ body }) => objectAt(body, 'data')?.namespace !== undefined,
        only: withoutData,
      }),
      remove(`${ACCOUNTS}/robot`, undefined, { only: () => null }),
      get(`${SECRETS}/one`, { until: 404 }),
      get(`${SECRETS}/own`, { until: 404 }),
    ],
  },
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
