/** Kinds that a CustomResourceDefinition brings: a name of its own for each story, since they are the cluster's. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import { APPLY, cells, get, MERGE, patch, post, put, remove, type Scenario, type Step } from '../scenario.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = 'story.weir.dev';
const WINDOWS = `/apis/${GROUP}/v1/namespaces/:ns/windows`;

const SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['zone'],
      properties: {
        zone: { type: 'string', pattern: '^[A-Z][a-z]+/[A-Z][a-z]+$' },
        minScale: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
        maxScale: { type: 'integer' },
        mode: { type: 'string', enum: ['on', 'off'], default: 'on' },
        tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port'],
          items: {
            type: 'object',
            required: ['port'],
            properties: { port: { type: 'integer' }, name: { type: 'string', default: 'http' } },
          },
        },
        any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        amount: { 'x-kubernetes-int-or-string': true },
        frozen: {
          type: 'string',
          'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'frozen is frozen' }],
        },
      },
      'x-kubernetes-validations': [
        {
          rule: '!has(self.maxScale) || self.minScale <= self.maxScale',
          message: 'minScale is above maxScale',
          fieldPath: '.minScale',
        },
      ],
    },
    status: { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' } } },
  },
};

const DEFINITION: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `windows.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: 'Window',
      plural: 'windows',
      singular: 'window',
      listKind: 'WindowList',
      shortNames: ['wd'],
      categories: ['story'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: SCHEMA },
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.minScale', statusReplicasPath: '.status.replicas' },
        },
        additionalPrinterColumns: [
          { name: 'Zone', type: 'string', jsonPath: '.spec.zone' },
          { name: 'Min', type: 'integer', jsonPath: '.spec.minScale' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          { name: 'Mode', type: 'string', jsonPath: '.spec.mode', priority: 1 },
        ],
      },
    ],
  },
};

function window(name: string, spec: object): JsonObject {
  return { apiVersion: `${GROUP}/v1`, kind: 'Window', metadata: { name }, spec: { ...spec } as JsonObject };
}

const GOOD = { zone: 'Europe/Lisbon' };
const refused = (spec: object): Step => post(WINDOWS, window('refused', spec));

function definition(name: string, change: (spec: JsonObject) => JsonValue): JsonValue {
  const plural = name.slice(0, name.indexOf('.'));
  const kind = `${plural.charAt(0).toUpperCase()}${plural.slice(1, -1)}`;
  const names = { kind, plural, singular: plural.slice(0, -1), listKind: `${kind}List` };
  const spec = {
    group: GROUP,
    scope: 'Namespaced',
    names,
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: change(spec),
  };
}

const withSchema = (schema: JsonObject) =>
  post(
    `${DEFINITIONS}?dryRun=All`,
    definition(`doors.${GROUP}`, (spec) => ({
      ...spec,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    })),
  );

export const custom: readonly Scenario[] = [
  {
    name: 'custom resources',
    steps: [
      post(DEFINITIONS, DEFINITION, {
        only: (body) => ('spec' in Object(body) ? ((body as JsonObject).spec ?? null) : body),
      }),
      get(WINDOWS, { until: 200 }),
      get(`/apis/${GROUP}/v1`),
      get(`/apis/${GROUP}`),
      post(WINDOWS, window('one', GOOD)),
      post(
        WINDOWS,
        window('two', { ...GOOD, unknown: 1, any: { kept: true }, amount: '5%', tags: ['a'], ports: [{ port: 80 }] }),
      ),
      post(`${WINDOWS}?fieldValidation=Strict`, window('strict', { ...GOOD, unknown: 1 })),
      refused({}),
      refused({ zone: 5 }),
      refused({ zone: 'nowhere' }),
      refused({ ...GOOD, minScale: 11 }),
      refused({ ...GOOD, minScale: 1.5 }),
      refused({ ...GOOD, mode: 'maybe' }),
      refused({ ...GOOD, minScale: 5, maxScale: 4 }),
      refused({ ...GOOD, tags: ['a', 'a'] }),
      refused({ ...GOOD, ports: [{ port: 80 }, { port: 80 }] }),
      refused({ ...GOOD, ports: [{ name: 'x' }] }),
      refused({ ...GOOD, amount: {} }),
      refused({ ...GOOD, mode: null }),
      post(WINDOWS, { apiVersion: `${GROUP}/v1`, kind: 'Window', metadata: { name: 'bare' } }),
      patch(`${WINDOWS}/one`, MERGE, { spec: { frozen: 'a' } }),
      patch(`${WINDOWS}/one`, MERGE, { spec: { frozen: 'b' } }),
      patch(`${WINDOWS}/one`, MERGE, { status: { phase: 'lost' } }),
      patch(`${WINDOWS}/one/status`, MERGE, { spec: { minScale: 7 }, status: { phase: 'kept', replicas: 3 } }),
      get(`${WINDOWS}/one/scale`),
      patch(`${WINDOWS}/one/scale`, MERGE, { spec: { replicas: 4 } }),
      patch(`${WINDOWS}/one/scale`, MERGE, { spec: { replicas: 40 } }),
      patch(`${WINDOWS}/one`, 'application/strategic-merge-patch+json', { spec: { minScale: 2 } }),
      patch(
        `${WINDOWS}/two?fieldManager=alice`,
        APPLY,
        window('two', { ...GOOD, tags: ['b'], ports: [{ port: 80, name: 'web' }] }),
      ),
      patch(
        `${WINDOWS}/two?fieldManager=alice&force=true`,
        APPLY,
        window('two', { ...GOOD, tags: ['b'], ports: [{ port: 80, name: 'web' }] }),
      ),
      patch(`${WINDOWS}/two?fieldManager=alice`, APPLY, window('two', GOOD)),
      put(`${WINDOWS}/two`, window('two', GOOD)),
      put(`${WINDOWS}/two`, { ...window('two', GOOD), metadata: { name: 'two', resourceVersion: '$rv(30)' } }),
      get(WINDOWS, { headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }, only: cells }),
      get(`${WINDOWS}?fieldSelector=spec.zone=x`),
      remove(`${DEFINITIONS}/windows.${GROUP}`, undefined, { only: () => null }),
      // first the object goes, then the path
      get(`${WINDOWS}/one`, {
        until: ({ status, type }) => status === 404 && type.startsWith('text/'),
        only: () => null,
      }),
    ],
  },
  {
    name: 'definitions that are refused',
    steps: [
      post(
        `${DEFINITIONS}?dryRun=All`,
        definition(`doors.${GROUP}`, (spec) => spec),
        { only: (body) => (body as JsonObject)?.spec ?? body },
      ),
      post(
        `${DEFINITIONS}?dryRun=All`,
        definition(`gates.other.dev`, (spec) => spec),
      ),
      post(
        `${DEFINITIONS}?dryRun=All`,
        definition(`doors.${GROUP}`, (spec) => ({ ...spec, scope: 'World' })),
      ),
      post(
        `${DEFINITIONS}?dryRun=All`,
        definition(`doors.${GROUP}`, (spec) => ({ ...spec, versions: [] })),
      ),
      withSchema({}),
      withSchema({ type: 'string' }),
      withSchema({ type: 'object', properties: { a: {} } }),
      withSchema({ type: 'object', properties: { a: { type: 'array' } } }),
      withSchema({ type: 'object', properties: { a: { type: 'string', default: 5 } } }),
      withSchema({ type: 'object', properties: { a: { $ref: '#/x' } } } as JsonObject),
      {
        ...withSchema({
          type: 'object',
          properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size( > 1' }] } },
        }),
        differs: 'of an expression that is no CEL the first mistake is told, and not what would follow from it',
      },
      withSchema({
        type: 'object',
        properties: { a: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self + 1 > 2' }] } },
      }),
      withSchema({
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
      }),
      withSchema({ type: 'object', properties: { a: { type: 'string', pattern: '[' } } }),
      withSchema({ type: 'object', additionalProperties: false }),
    ],
  },
];
