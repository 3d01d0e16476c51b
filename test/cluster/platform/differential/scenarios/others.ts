/** Pods, and subresources that only some kinds have. */
import { type JsonObject, type JsonValue, objectAt, stringAt } from '../../../../../src/kubernetes/json.ts';
import { get, JSON_PATCH, MERGE, patch, post, put, remove, type Scenario } from '../scenario.ts';

const PODS = '/api/v1/namespaces/:ns/pods';
const ACCOUNTS = '/api/v1/namespaces/:ns/serviceaccounts';
const BUDGETS = '/apis/policy/v1/namespaces/:ns/poddisruptionbudgets';
const JOBS = '/apis/batch/v1/namespaces/:ns/jobs';

function pod(name: string, spec: object = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'web', image: 'registry.example.com/web:1' }],
      ...spec,
    },
  } as JsonObject;
}

export const others: readonly Scenario[] = [
  {
    name: 'pods',
    steps: [
      get(`${ACCOUNTS}/default`, { until: 200, only: () => null }),
      post(PODS, pod('one'), { only: withoutStatus }),
      post(PODS, pod('two', { restartPolicy: 'Sometimes' })),
      post(PODS, pod('two', { containers: [] })),
      post(PODS, pod('two', { nodeName: 'Wrong Node' })),
      post(`${PODS}?dryRun=All`, pod('two', { serviceAccountName: 'nobody' }), {
        differs: 'a Pod is given no token, and may name a ServiceAccount that is not there',
      }),
      patch(`${PODS}/one`, MERGE, { metadata: { labels: { a: 'b' } } }, { only: withoutStatus }),
      patch(`${PODS}/one`, JSON_PATCH, [{ op: 'replace', path: '/spec/containers/0/image', value: 'x:2' }], {
        only: withoutStatus,
      }),
      get(`${PODS}?fieldSelector=spec.nodeName%3D,status.phase%3DPending`, { only: namesOf }),
      get(`${PODS}?fieldSelector=spec.nope%3Da`),
      post(`${PODS}/one/eviction`, {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'one', namespace: ':ns' },
      }),
      get(`${PODS}/one`, { until: 404 }),
    ],
  },
  {
    name: 'subresources that few kinds have',
    steps: [
      get(`${ACCOUNTS}/default`, { until: 200, only: () => null }),
      post(
        `${ACCOUNTS}/default/token`,
        { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
        { only: (body) => objectAt(body, 'spec', 'boundObjectRef') ?? stringAt(body, 'kind') ?? body },
      ),
      post(`${ACCOUNTS}/default/token`, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: 5 },
      }),
      post(`${ACCOUNTS}/nobody/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
      get(`${ACCOUNTS}/default/token`),
      get('/api/v1/namespaces/:ns/status', { only: withoutStatus }),
      put('/api/v1/namespaces/:ns/finalize', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: ':ns' },
        spec: { finalizers: ['kubernetes', 'wrong'] },
      }),
      post(BUDGETS, {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'one' },
        spec: { minAvailable: 1, maxUnavailable: 1, selector: { matchLabels: { a: 'b' } } },
      }),
      post(JOBS, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { generateName: 'one-' },
        spec: {
          suspend: true,
          template: { spec: { restartPolicy: 'Always', containers: [{ name: 'a', image: 'b:1' }] } },
        },
      }),
      post('/api/v1/namespaces/:ns/configmaps/one/scale', {}),
      remove('/api/v1/namespaces/:ns/status'),
    ],
  },
];

/** What controllers write is another matter. */
function withoutStatus(body: JsonValue): JsonValue {
  const { status, ...rest } = objectAt(body) ?? {};
  const { resourceVersion: _, managedFields: __, ...metadata } = objectAt(rest, 'metadata') ?? {};
  return typeof status === 'string' ? body : { ...rest, metadata };
}

function namesOf(body: JsonValue): JsonValue {
  const { items } = body as { items?: readonly JsonObject[] };
  return items === undefined ? body : items.map((item) => stringAt(item, 'metadata', 'name') ?? '');
}
