/** The kinds that the sequences are about: Kubernetes' own and one custom kind with every type of list and map. */
import type { JsonObject } from '../../../../../src/kubernetes/json.ts';
import type { ManagedResource } from '../../../../../src/platform/apiserver/patch/resource.ts';
import { coreSchema } from '../../../../../src/platform/apiserver/schemas/core/coreSchema.ts';
import type { Schema } from '../../../../../src/platform/apiserver/schemas/schema.ts';

const item: Schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    port: { type: 'integer', default: 80 },
    value: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
  },
};

const custom: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' },
        text: { type: 'string' },
        any: { 'x-kubernetes-int-or-string': true },
        set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        numbers: { type: 'array', items: { type: 'integer' }, 'x-kubernetes-list-type': 'set' },
        atomic: { type: 'array', items: { type: 'string' } },
        map: { type: 'array', items: item, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] },
        pairs: {
          type: 'array',
          items: item,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name', 'port'],
        },
        granular: { type: 'object', additionalProperties: { type: 'string' } },
        nested: {
          type: 'object',
          properties: { a: { type: 'string' }, b: { type: 'object', properties: { c: { type: 'integer' } } } },
        },
        whole: {
          type: 'object',
          'x-kubernetes-map-type': 'atomic',
          properties: { a: { type: 'string' }, b: { type: 'string' } },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        half: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'string' } },
        },
        embedded: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
      },
    },
    status: {
      type: 'object',
      properties: {
        phase: { type: 'string' },
        conditions: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
          items: {
            type: 'object',
            required: ['type'],
            properties: { type: { type: 'string' }, status: { type: 'string' } },
          },
        },
      },
    },
  },
};

export const CRD: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gauges.patch.weir.dev' },
  spec: {
    group: 'patch.weir.dev',
    scope: 'Namespaced',
    names: { plural: 'gauges', singular: 'gauge', kind: 'Gauge', listKind: 'GaugeList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: JSON.parse(JSON.stringify(custom)) },
      },
    ],
  },
};

function core(group: string, kind: string, plural: string, hasStatus: boolean): ManagedResource {
  const schema = coreSchema(group, 'v1', kind);
  if (schema === undefined) throw new Error(`no type of ${kind}`);
  return { group, version: 'v1', kind, plural, isCustom: false, hasStatus, schema };
}

export const KINDS = {
  ConfigMap: core('', 'ConfigMap', 'configmaps', false),
  Service: core('', 'Service', 'services', true),
  Deployment: core('apps', 'Deployment', 'deployments', true),
  Gauge: {
    group: 'patch.weir.dev',
    version: 'v1',
    kind: 'Gauge',
    plural: 'gauges',
    isCustom: true,
    hasStatus: true,
    schema: custom,
  },
} as const satisfies Readonly<Record<string, ManagedResource>>;

export type Kind = keyof typeof KINDS;

export function collectionPath(kind: Kind, namespace: string): string {
  const { group, version, plural } = KINDS[kind];
  const start = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${start}/namespaces/${namespace}/${plural}`;
}
