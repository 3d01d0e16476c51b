/** The scale subresource: who sets the number of replicas, by which patch, and who owns it then. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  get,
  JSON_PATCH,
  MERGE,
  patch,
  post,
  put,
  remove,
  type Scenario,
  STRATEGIC,
  type Step,
} from '../scenario.ts';

const GROUP = 'scales.weir.dev';
const GATES = `/apis/${GROUP}/v1/namespaces/:ns/gates`;
const LABELS = { app: 'web' };
const TEMPLATE = {
  metadata: { labels: LABELS },
  spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] },
};

/** What controllers write is another matter: the spec, and who owns what of it. */
function owned(body: JsonValue): JsonValue {
  if (!isObject(body) || body.kind === 'Status') return body;
  const { resourceVersion: _, generation: __, annotations: ___, ...metadata } = objectAt(body, 'metadata') ?? {};
  const managedFields = arrayAt(metadata, 'managedFields').filter(
    (entry) => stringAt(entry, 'manager') !== 'kube-controller-manager',
  );
  return { kind: body.kind, metadata: { ...metadata, managedFields }, spec: body.spec } as JsonObject;
}

function scale(more: object = { spec: { replicas: 2 } }, metadata: object = {}): JsonValue {
  return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web', ...metadata }, ...more };
}

function apply(path: string, options: string, body: JsonValue, more: Partial<Step> = {}): Step {
  return patch(`${path}/web/scale?${options}`, APPLY, body, { only: owned, ...more });
}

const show = (path: string): Step[] => [get(`${path}/web/scale`, { only: owned }), get(`${path}/web`, { only: owned })];

/** @param path of the collection @param bare the object with nothing but this spec */
function applying(path: string, bare: (spec: object) => JsonValue): Step[] {
  return [
    apply(path, '', scale()),
    apply(path, 'fieldManager=a', scale()),
    apply(path, 'fieldManager=a&force=true&dryRun=All', scale()),
    apply(path, 'fieldManager=a&force=true', scale()),
    ...show(path),
    apply(path, 'fieldManager=a', scale()),
    apply(path, 'fieldManager=b', scale()),
    apply(path, 'fieldManager=b', scale({ spec: { replicas: 3 } })),
    ...show(path),
    apply(path, 'fieldManager=b', scale({ spec: {} })),
    apply(path, 'fieldManager=a', scale({})),
    ...show(path),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } })),
    patch(`${path}/web/scale?fieldManager=c`, MERGE, { spec: { replicas: 0 } }, { only: owned }),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 1 } })),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } })),
    patch(`${path}/web?fieldManager=d`, APPLY, bare({ replicas: 1 }), { only: owned }),
    patch(`${path}/web?fieldManager=d`, APPLY, bare({ replicas: 0 }), { only: owned }),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 0 } })),
    ...show(path),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: -1 } })),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 'many' } })),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 1, other: 2 } })),
    apply(path, 'fieldManager=a', scale({ status: { replicas: 5 } })),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 1 } }, { name: 'other' })),
    apply(path, 'fieldManager=a', scale({ spec: { replicas: 1 } }, { namespace: 'elsewhere' })),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } }, { labels: { a: 'b' } })),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } }, { uid: 'x' })),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } }, { resourceVersion: '1' })),
    apply(path, 'fieldManager=a&force=true', scale({ spec: { replicas: 1 } }, { managedFields: [] })),
    apply(path, 'fieldManager=a', { ...Object(scale()), kind: 'Deployment' }),
    apply(path, 'fieldManager=a', { ...Object(scale()), apiVersion: 'apps/v1' }),
    apply(path, 'fieldManager=a', { spec: { replicas: 1 } }),
    apply(path, 'fieldManager=a', []),
    { ...apply(path, 'fieldManager=a', {}), text: 'a: [', only: codeAndReason },
    { ...apply(path, 'fieldManager=a&fieldValidation=Strict', {}), text: DOUBLED },
  ];
}

function patching(path: string): Step[] {
  return [
    patch(`${path}/web/scale`, STRATEGIC, { spec: { replicas: 2 } }, { only: owned }),
    patch(`${path}/web/scale`, JSON_PATCH, [{ op: 'replace', path: '/spec', value: { replicas: 1 } }], { only: owned }),
    patch(`${path}/web/scale`, JSON_PATCH, [{ op: 'test', path: '/spec/replicas', value: 7 }], { only: owned }),
    patch(`${path}/web/scale`, MERGE, { spec: { replicas: null } }, { only: owned }),
    put(`${path}/web/scale?fieldManager=e`, scale({ spec: { replicas: 1 } }), { only: owned }),
    put(`${path}/web/scale`, scale({ spec: { replicas: 1 } }, { resourceVersion: '1' }), { only: owned }),
    put(`${path}/web/scale`, scale({ spec: { replicas: 1 } }, { uid: 'x' }), { only: owned }),
    ...show(path),
  ];
}

/** What is told of a Scale that is none; with its status, which controllers write. */
function spoiling(path: string): Step[] {
  return [
    patch(`${path}/web/scale`, MERGE, { kind: 'Other' }, { only: owned }),
    patch(`${path}/web/scale`, MERGE, { spec: { replicas: 'x' } }, { only: owned }),
    patch(`${path}/web/scale?fieldValidation=Strict`, MERGE, { spec: { replicas: 1, other: 1 } }, { only: owned }),
    patch(`${path}/web/scale`, MERGE, { spec: { replicas: -1 } }, { only: owned }),
  ];
}

function story(name: string, path: string, parent: JsonObject, more: readonly Step[] = []): Scenario {
  const bare = (spec: object): JsonValue => ({ ...parent, spec: { ...spec } as JsonObject });
  return {
    name: `the scale of ${name}`,
    steps: [
      apply(path, 'fieldManager=a', scale()),
      post(path, parent, { only: owned }),
      ...show(path),
      ...applying(path, bare),
      ...patching(path),
      ...more,
      remove(`${path}/web`, { propagationPolicy: 'Background' }, { only: () => null }),
    ],
  };
}

const DOUBLED = 'apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: web}\nspec:\n  replicas: 1\n  replicas: 0\n';

function codeAndReason(body: JsonValue): JsonValue {
  return isObject(body) ? ({ code: body.code, reason: body.reason } as JsonObject) : body;
}

function workload(apiVersion: string, kind: string, spec: object): JsonObject {
  return {
    apiVersion,
    kind,
    metadata: { name: 'web' },
    spec: { replicas: 0, selector: { matchLabels: LABELS }, template: TEMPLATE, ...spec },
  } as JsonObject;
}

const DEFINITION: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `gates.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { kind: 'Gate', plural: 'gates', singular: 'gate', listKind: 'GateList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer', maximum: 5 }, other: { type: 'string' } },
              },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
        subresources: { scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
      },
    ],
  },
};

const gate: JsonObject = {
  apiVersion: `${GROUP}/v1`,
  kind: 'Gate',
  metadata: { name: 'web' },
  spec: { size: 0, other: 'a' },
};
const APPS = '/apis/apps/v1/namespaces/:ns';
const DEPLOYMENTS = `${APPS}/deployments`;
const BROKEN = 'the scale of a custom kind can be applied';

export const scales: readonly Scenario[] = [
  story('Deployments', DEPLOYMENTS, workload('apps/v1', 'Deployment', { paused: true }), spoiling(DEPLOYMENTS)),
  story('ReplicaSets', `${APPS}/replicasets`, workload('apps/v1', 'ReplicaSet', {})),
  story('StatefulSets', `${APPS}/statefulsets`, workload('apps/v1', 'StatefulSet', { serviceName: 'web' })),
  story(
    'ReplicationControllers',
    '/api/v1/namespaces/:ns/replicationcontrollers',
    workload('v1', 'ReplicationController', { selector: LABELS }),
  ),
  {
    name: 'the scale of a custom kind',
    steps: [
      post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', DEFINITION, { only: () => null }),
      get(GATES, { until: 200, only: () => null }),
      post(GATES, gate, { only: owned }),
      apply(GATES, 'fieldManager=a&force=true&dryRun=All', scale(), { differs: BROKEN }),
      ...patching(GATES),
      ...spoiling(GATES),
      patch(`${GATES}/web/scale`, MERGE, { spec: { replicas: 6 } }, { only: owned }),
      // a number that was never set
      post(GATES, { ...gate, metadata: { name: 'bare' }, spec: {} }, { only: owned }),
      get(`${GATES}/bare/scale`),
      patch(`${GATES}/bare/scale`, MERGE, { spec: { replicas: 3 } }, { only: owned }),
      remove(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gates.${GROUP}`, undefined, { only: () => null }),
    ],
  },
];
