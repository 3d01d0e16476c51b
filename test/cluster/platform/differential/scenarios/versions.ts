/** A kind that is served in two versions and stored in one. */
import type { JsonObject, JsonValue } from '../../../../../src/kubernetes/json.ts';
import { APPLY, get, MERGE, patch, post, put, remove, type Scenario } from '../scenario.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const GROUP = 'versions.story.weir.dev';
const OLD = `/apis/${GROUP}/v1beta1/namespaces/:ns/gates`;
const NEW = `/apis/${GROUP}/v1/namespaces/:ns/gates`;

const schema = (more: JsonObject = {}): JsonObject => ({
  openAPIV3Schema: {
    type: 'object',
    properties: {
      spec: { type: 'object', properties: { height: { type: 'integer' }, ...more } },
    },
  },
});

const version = (name: string, more: JsonObject): JsonObject => ({ name, served: true, schema: schema(), ...more });

function definition(versions: readonly JsonObject[]): JsonValue {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `gates.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind: 'Gate', plural: 'gates', singular: 'gate', listKind: 'GateList' },
      versions: [...versions],
    },
  };
}

function gate(of: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: `${GROUP}/${of}`, kind: 'Gate', metadata: { name }, spec };
}

const DEPRECATED = { deprecated: true, deprecationWarning: 'take v1' };

export const versions: readonly Scenario[] = [
  {
    name: 'two versions of a kind',
    steps: [
      post(
        DEFINITIONS,
        definition([
          version('v1beta1', { storage: true, ...DEPRECATED }),
          version('v1', { storage: false, schema: schema({ width: { type: 'integer' } }) }),
        ]),
        { only: specOf },
      ),
      get(NEW, { until: 200 }),
      get(`/apis/${GROUP}`),
      get(`/apis/${GROUP}/v1beta1`),
      post(OLD, gate('v1beta1', 'old', { height: 1, width: 2 })),
      post(NEW, gate('v1', 'new', { height: 1, width: 2 })),
      get(`${NEW}/old`),
      get(`${OLD}/new`),
      get(NEW),
      post(NEW, gate('v1beta1', 'crossed', {})),
      patch(`${NEW}/old`, MERGE, { spec: { height: 3 } }),
      patch(`${NEW}/old?fieldManager=a&force=true`, APPLY, gate('v1', 'old', { height: 4 })),
      patch(`${OLD}/old?fieldManager=a`, APPLY, gate('v1beta1', 'old', { height: 5 })),
      get(`${NEW}?watch=true&resourceVersion=$rv(5)&timeoutSeconds=1&fieldSelector=metadata.name%3Dold`),
      get(`${DEFINITIONS}/gates.${GROUP}`, { only: storedVersions }),
      put(
        `${DEFINITIONS}/gates.${GROUP}`,
        {
          ...(definition([version('v1', { storage: true })]) as JsonObject),
          metadata: { name: `gates.${GROUP}`, resourceVersion: '$rv(14)' },
        },
        { only: specOf },
      ),
      patch(
        `${DEFINITIONS}/gates.${GROUP}`,
        MERGE,
        {
          spec: {
            versions: [
              version('v1beta1', { storage: false, served: false }),
              version('v1', { storage: true, schema: schema({ width: { type: 'integer' } }) }),
            ],
          },
        },
        { only: specOf },
      ),
      get(OLD, { until: 404 }),
      get(`${DEFINITIONS}/gates.${GROUP}`, {
        until: ({ body }) => JSON.stringify(storedVersions(body)).includes('"v1"'),
        only: storedVersions,
      }),
      get(`${NEW}/old`),
      get(`/apis/${GROUP}`, { until: ({ body }) => !JSON.stringify(body).includes('v1beta1') }),
      remove(`${DEFINITIONS}/gates.${GROUP}`, undefined, { only: () => null }),
      get(NEW, { until: ({ status, type }) => status === 404 && type.startsWith('text/'), only: () => null }),
    ],
  },
];

function specOf(body: JsonValue): JsonValue {
  return (body as JsonObject)?.spec ?? body;
}

function storedVersions(body: JsonValue): JsonValue {
  const { status } = body as { status?: { storedVersions?: JsonValue } };
  return status?.storedVersions ?? null;
}
