/** Other ways to see objects: tables, metadata alone, watches. */
import { isArray, type JsonValue } from '../../../../../src/kubernetes/json.ts';
import { builtinResources } from '../../../../../src/platform/apiserver/resources/builtin.ts';
import { CONFIG_MAPS, cells, configMap, get, MERGE, patch, post, remove, type Scenario } from '../scenario.ts';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1' };
const METADATA_LIST = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' };

/** A kind's collection, with what makes one of it. */
const KINDS: readonly (readonly [collection: string, object: object])[] = [
  [CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }],
  ['/api/v1/namespaces/:ns/secrets', { apiVersion: 'v1', kind: 'Secret', stringData: { a: 'b' } }],
  [
    '/api/v1/namespaces/:ns/services',
    { apiVersion: 'v1', kind: 'Service', spec: { type: 'ExternalName', externalName: 'example.com' } },
  ],
  ['/api/v1/namespaces/:ns/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount' }],
  [
    '/api/v1/namespaces/:ns/limitranges',
    { apiVersion: 'v1', kind: 'LimitRange', spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } },
  ],
  [
    '/apis/networking.k8s.io/v1/namespaces/:ns/networkpolicies',
    { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {} } },
  ],
  [
    '/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/roles',
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', rules: [] },
  ],
  [
    '/apis/policy/v1/namespaces/:ns/poddisruptionbudgets',
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } },
    },
  ],
  [
    '/apis/autoscaling/v2/namespaces/:ns/horizontalpodautoscalers',
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    },
  ],
  [
    '/apis/batch/v1/namespaces/:ns/cronjobs',
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      spec: {
        schedule: '0 3 * * *',
        suspend: true,
        jobTemplate: {
          spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b:1' }] } } },
        },
      },
    },
  ],
  [
    '/apis/coordination.k8s.io/v1/namespaces/:ns/leases',
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: { holderIdentity: 'me' } },
  ],
];

export const views: readonly Scenario[] = [
  {
    name: 'objects as they come back',
    steps: KINDS.flatMap(([collection, object]) => [
      post(collection, { ...object, metadata: { name: 'one', labels: { shown: 'yes' } } } as never, {
        only: withoutStatus,
      }),
      get(`${collection}?labelSelector=shown`, { headers: TABLE, only: cells }),
      get(`${collection}/one`, { headers: TABLE, only: cells }),
    ]),
  },
  {
    name: 'metadata alone',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      get(`${CONFIG_MAPS}/one`, { headers: METADATA }),
      get(`${CONFIG_MAPS}?fieldSelector=metadata.name=one`, { headers: METADATA_LIST }),
      ...['', '&includeObject=Object', '&includeObject=None'].map((included) =>
        get(`${CONFIG_MAPS}?fieldSelector=metadata.name=one${included}`, { headers: TABLE }),
      ),
      get(`${CONFIG_MAPS}?fieldSelector=metadata.name=one&includeObject=All`, { headers: TABLE }),
    ],
  },
  {
    name: 'columns of all kinds',
    steps: builtinResources()
      .filter(({ verbs }) => verbs.includes('list'))
      .map(({ group, version, plural }) => {
        const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
        return get(`${path}/${plural}?fieldSelector=metadata.name%3Dnobody`, { headers: TABLE });
      }),
  },
  {
    name: 'watches',
    steps: [
      post(CONFIG_MAPS, configMap('one', { a: '1' }, { labels: { seen: 'yes' } })),
      patch(`${CONFIG_MAPS}/one`, MERGE, { data: { a: '2' } }),
      patch(`${CONFIG_MAPS}/one`, MERGE, { metadata: { labels: { seen: 'no' } } }),
      patch(`${CONFIG_MAPS}/one`, MERGE, { metadata: { labels: { seen: 'yes' } } }),
      remove(`${CONFIG_MAPS}/one`),
      get(`${CONFIG_MAPS}?watch=true&resourceVersion=$rv(0)&timeoutSeconds=1&fieldSelector=metadata.name=one`),
      get(`${CONFIG_MAPS}?watch=true&resourceVersion=$rv(0)&timeoutSeconds=1&labelSelector=seen%3Dyes`),
      get(`${CONFIG_MAPS}?watch=1&resourceVersion=$rv(3)&timeoutSeconds=1&fieldSelector=metadata.name=one`),
      get(`${CONFIG_MAPS}?watch=true&resourceVersion=x&timeoutSeconds=1`),
      // how far back a server remembers is its own matter
      get(`${CONFIG_MAPS}?watch=true&sendInitialEvents=true&timeoutSeconds=1`),
      post(CONFIG_MAPS, configMap('two')),
      get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=two`),
      get(
        `${CONFIG_MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=2&fieldSelector=metadata.name=two`,
        // bookmarks come again as each server sees fit
        { only: (body) => (isArray(body) ? body.slice(0, 2) : body) },
      ),
      get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name=two`, {
        headers: TABLE,
      }),
    ],
  },
];

/** What controllers write is another matter. */
function withoutStatus(body: JsonValue) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { status, ...rest } = body as { status?: unknown; code?: number };
  return (typeof status === 'string' ? body : rest) as JsonValue;
}
