/** Requests that are wrong, or ask for what is not there. */
import { stringAt } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  CONFIG_MAPS,
  configMap,
  get,
  MERGE,
  patch,
  post,
  put,
  remove,
  type Scenario,
  type Step,
} from '../scenario.ts';

const JSON_ALONE = 'answers are JSON alone, and no YAML or Protocol Buffers';
const named = (metadata: object, more: Partial<Step> = {}): Step =>
  post(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata } }, more);
const text = (body: string, type = 'application/json'): Step => ({
  method: 'POST',
  path: CONFIG_MAPS,
  text: body,
  type,
});

export const requests: readonly Scenario[] = [
  {
    name: 'names and metadata',
    steps: [
      named({ name: 'Upper' }),
      named({ name: 'under_score' }),
      named({ name: 'a'.repeat(254) }),
      named({ name: '' }),
      named({}),
      named({ name: '..' }),
      named({ name: 'a/b' }),
      named({ name: 'one', namespace: 'elsewhere' }),
      named({ name: 'one', labels: { 'a b': 'c' } }),
      named({ name: 'one', labels: { a: 'b c' } }),
      named({ name: 'one', labels: { a: 'x'.repeat(64) } }),
      named({ name: 'one', labels: { a: 1 } }),
      named({ name: 'one', labels: 'none' }),
      named({ name: 'one', annotations: { 'a b': 'c' } }),
      named({ name: 'one', annotations: { big: 'x'.repeat(270_000) } }),
      named({ name: 'one', finalizers: ['none'] }),
      named({
        name: 'one',
        finalizers: ['weir.dev/one'],
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x' }],
      }),
      named({
        name: 'one',
        ownerReferences: [
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u', controller: true },
          { apiVersion: 'v1', kind: 'ConfigMap', name: 'y', uid: 'v', controller: true },
        ],
      }),
      named({ name: 'one', resourceVersion: '1' }),
      named({
        name: 'one',
        uid: 'mine',
        creationTimestamp: '2020-01-01T00:00:00Z',
        generation: 7,
        selfLink: '/x',
        deletionTimestamp: '2020-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 5,
      }),
      put(
        `${CONFIG_MAPS}/one`,
        configMap('one', {}, { uid: '$uid(19)', labels: { a: 'b' }, creationTimestamp: '2020-01-01T00:00:00Z' }),
      ),
      named({ generateName: 'made-' }),
      named({ generateName: 'Made-' }),
      named(
        { generateName: `${'g'.repeat(250)}-` },
        { only: (body) => (stringAt(body, 'metadata', 'name') ?? '').length },
      ),
    ],
  },
  {
    name: 'bodies',
    steps: [
      text('{'),
      text(''),
      text('[]'),
      text('null'),
      text('"text"'),
      text('{"apiVersion":"v1","kind":"ConfigMap"}trailing'),
      text('{"apiVersion":"v1","kind":"Secret","metadata":{"name":"one"}}'),
      text('{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"one"}}'),
      text('{"metadata":{"name":"untyped"},"data":{"a":"b"}}'),
      text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"types"},"data":{"a":1}}'),
      text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"types"},"data":[]}'),
      text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"types"},"binaryData":{"a":"?"}}'),
      text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"types"},"immutable":"yes"}'),
      text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"keys"},"data":{"a b":"c"}}'),
      text(
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"both"},"data":{"a":"c"},"binaryData":{"a":"Yg=="}}',
      ),
      text('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\n', 'application/yaml'),
      text('x', 'text/plain'),
      text('x', 'application/x-www-form-urlencoded'),
      ...['Strict', 'Warn', 'Ignore', 'Wrong'].flatMap((validation) => [
        post(`${CONFIG_MAPS}?fieldValidation=${validation}`, {
          ...(configMap(`unknown-${validation.toLowerCase()}`) as object),
          dota: { a: 'b' },
          spec: { x: 1 },
        }),
        {
          ...text(
            `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"twice-${validation.toLowerCase()}","name":"twice-${validation.toLowerCase()}"},"data":{"a":"1","a":"2"}}`,
          ),
          path: `${CONFIG_MAPS}?fieldValidation=${validation}`,
        },
      ]),
      post(`${CONFIG_MAPS}?dryRun=All`, configMap('dry')),
      get(`${CONFIG_MAPS}/dry`),
      post(`${CONFIG_MAPS}?dryRun=Some`, configMap('dry')),
      post(`${CONFIG_MAPS}?fieldManager=${'m'.repeat(129)}`, configMap('managed')),
      post(`${CONFIG_MAPS}?pretty=true`, configMap('pretty')),
    ],
  },
  {
    name: 'paths and methods',
    steps: [
      get('/nope'),
      get('/apis/nope.example.com'),
      get('/apis/nope.example.com/v1'),
      get('/apis/nope.example.com/v1/things'),
      get('/apis/apps/v2/deployments'),
      get('/api/v1/namespaces/:ns/nothings'),
      get('/api/v1/namespaces/:ns/nothings/one'),
      get('/api/v1/namespaces/nowhere/configmaps'),
      get('/api/v1/namespaces/nowhere/configmaps/one'),
      post('/api/v1/namespaces/nowhere/configmaps', configMap('one', {}, { namespace: 'nowhere' })),
      put(CONFIG_MAPS, configMap('one')),
      patch(CONFIG_MAPS, MERGE, {}),
      post(`${CONFIG_MAPS}/one`, configMap('one')),
      post('/api/v1/configmaps', configMap('one')),
      get('/api/v1/configmaps/one'),
      get('/api/v1/namespaces/:ns/configmaps/one/status'),
      get('/api/v1/namespaces/:ns/namespaces'),
      remove('/api/v1/namespaces'),
      get('/api/v1/namespaces/:ns/configmaps/one', {
        headers: { accept: 'application/vnd.kubernetes.protobuf' },
        differs: JSON_ALONE,
      }),
      get(CONFIG_MAPS, { headers: { accept: 'text/html' }, differs: JSON_ALONE }),
      get(`${CONFIG_MAPS}?fieldSelector=metadata.name%3Dnone`, {
        headers: { accept: 'application/yaml' },
        differs: JSON_ALONE,
      }),
      get('/version', { only: (body) => Object.keys(body ?? {}).sort() }),
      get('/healthz'),
      get('/readyz'),
      get('/livez'),
      get('/api'),
      get('/apis/apps'),
      get('/apis/networking.k8s.io/'),
      patch('/api/v1/namespaces/:ns', APPLY, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ':ns' } }),
    ],
  },
];
