/** Writes that change nothing, or nothing that counts: the resourceVersion tells. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import {
  APPLY,
  CONFIG_MAPS,
  configMap,
  get,
  JSON_PATCH,
  MERGE,
  patch,
  post,
  put,
  remove,
  type Scenario,
  type Step,
} from '../scenario.ts';

const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/:ns/roles';
const POLICIES = '/apis/networking.k8s.io/v1/namespaces/:ns/networkpolicies';
const ACCOUNTS = '/api/v1/namespaces/:ns/serviceaccounts';
const PODS = '/api/v1/namespaces/:ns/pods';
const GROUP = 'unchanged.weir.dev';
const SLOTS = `/apis/${GROUP}/v1/namespaces/:ns/slots`;
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** So that managedFields would get another time: it counts seconds. */
const aSecondLater = get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1&fieldSelector=metadata.name%3Dnobody`, {
  only: () => null,
});

function object(apiVersion: string, kind: string, rest: object, metadata: object = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: 'one', ...metadata }, ...rest } as JsonObject;
}

const role = (rest: object, metadata?: object) => object('rbac.authorization.k8s.io/v1', 'Role', rest, metadata);
const policy = (spec: object) => object('networking.k8s.io/v1', 'NetworkPolicy', { spec });
const account = (rest: object, metadata?: object) => object('v1', 'ServiceAccount', rest, metadata);
const slot = (rest: object, metadata: object = {}) =>
  object(`${GROUP}/v1`, 'Slot', rest, { resourceVersion: '$rv(2)', ...metadata });
const pod = (spec: object): JsonValue =>
  object('v1', 'Pod', {
    spec: {
      containers: [{ name: 'web', image: 'registry.example.com/web:1' }],
      nodeName: 'nowhere',
      automountServiceAccountToken: false,
      ...spec,
    },
  });

/** Each a second after the one before. */
function slowly(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [aSecondLater, step]);
}

const DEFINITION = object(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  {
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Slot', plural: 'slots', singular: 'slot', listKind: 'SlotList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
  { name: `slots.${GROUP}` },
);

export const unchanged: readonly Scenario[] = [
  {
    name: 'writes that change nothing',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      ...slowly([
        put(`${CONFIG_MAPS}/one`, configMap('one')),
        put(`${CONFIG_MAPS}/one?fieldManager=other`, configMap('one')),
        put(`${CONFIG_MAPS}/one`, configMap('one', { mode: 'a' }, { labels: {}, annotations: null, finalizers: [] })),
        patch(`${CONFIG_MAPS}/one`, MERGE, { data: { mode: 'a' } }),
        patch(`${CONFIG_MAPS}/one`, MERGE, { binaryData: {} }),
        patch(`${CONFIG_MAPS}/one`, JSON_PATCH, [{ op: 'test', path: '/data/mode', value: 'a' }]),
        patch(`${CONFIG_MAPS}/one?fieldManager=a`, APPLY, configMap('one')),
        patch(`${CONFIG_MAPS}/one?fieldManager=a`, APPLY, configMap('one')),
        patch(`${CONFIG_MAPS}/one?fieldManager=a`, APPLY, configMap('one', { mode: 'a' }, { labels: {} })),
        patch(`${CONFIG_MAPS}/one?fieldManager=a`, APPLY, configMap('one')),
        put(`${CONFIG_MAPS}/one`, configMap('one', { mode: 'a' }, { managedFields: [] })),
        get(`${CONFIG_MAPS}/one`),
      ]),
    ],
  },
  {
    name: 'what is empty, and what is not there',
    steps: [
      post(ROLES, role({})),
      post(POLICIES, policy({ podSelector: {} })),
      post(ACCOUNTS, account({})),
      post(PODS, pod({})),
      ...slowly([
        put(`${ROLES}/one`, role({ rules: [] })),
        put(`${POLICIES}/one`, policy({ podSelector: {}, egress: null })),
        put(`${ACCOUNTS}/one`, account({ secrets: [], imagePullSecrets: null }, { labels: null })),
        patch(`${ACCOUNTS}/one`, MERGE, { secrets: [] }),
        patch(`${PODS}/one`, MERGE, { metadata: { annotations: {} } }),
      ]),
      get(`${ROLES}/one`),
      get(`${POLICIES}/one`),
      get(`${ACCOUNTS}/one`),
      get(`${PODS}/one`),
      remove(`${PODS}/one`, { gracePeriodSeconds: 0 }, { only: () => null }),
    ],
  },
  {
    name: 'what is empty in a custom kind',
    steps: [
      post(DEFINITIONS, DEFINITION, { only: () => null }),
      get(SLOTS, { until: 200, only: () => null }),
      post(SLOTS, object(`${GROUP}/v1`, 'Slot', { spec: { a: 1 } })),
      ...slowly([
        put(`${SLOTS}/one`, slot({ spec: { a: 1 } })),
        put(`${SLOTS}/one`, slot({ spec: { a: 1 } }, { labels: {} })),
        patch(`${SLOTS}/one`, MERGE, { spec: { list: [] } }),
        patch(`${SLOTS}/one`, MERGE, { spec: { list: null } }),
        patch(`${SLOTS}/one`, MERGE, { other: {} }),
        patch(`${SLOTS}/one`, MERGE, { metadata: { annotations: {} } }),
        patch(`${SLOTS}/one?fieldManager=a`, APPLY, object(`${GROUP}/v1`, 'Slot', { other: {} })),
        patch(`${SLOTS}/one?fieldManager=a`, APPLY, object(`${GROUP}/v1`, 'Slot', { other: {} })),
      ]),
      get(`${SLOTS}/one`),
      remove(`${DEFINITIONS}/slots.${GROUP}`, undefined, { only: () => null }),
    ],
  },
  {
    name: 'a JSON patch that says more than it may',
    steps: [
      post(CONFIG_MAPS, configMap('one')),
      ...['Strict', 'Warn', 'Ignore'].flatMap((validation) => [
        patch(`${CONFIG_MAPS}/one?fieldValidation=${validation}`, JSON_PATCH, [
          { op: 'add', path: '/data/a', value: 'b', why: 'because' },
          { op: 'test', path: '/data/a', value: 'b', when: 'now' },
        ]),
        patch(`${CONFIG_MAPS}/one?fieldValidation=${validation}`, JSON_PATCH, [
          { op: 'add', path: '/other', value: 'b', why: 'because' },
        ]),
        {
          ...patch(`${CONFIG_MAPS}/one?fieldValidation=${validation}`, JSON_PATCH, null),
          text: '[{"op":"add","path":"/data/c","value":"d","value":"e"}]',
        },
        patch(`${CONFIG_MAPS}/one?fieldValidation=${validation}`, JSON_PATCH, [
          { op: 'test', path: '/data/mode', value: 'z', why: 'because' },
        ]),
      ]),
      get(`${CONFIG_MAPS}/one`),
    ],
  },
];
