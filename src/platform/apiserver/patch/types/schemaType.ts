/** Types from schemas (k8s.io/kube-openapi pkg/schemaconv). */
import type { JsonValue } from '../../../../kubernetes/json.ts';
import { namedSchema } from '../../schemas/core/coreSchema.ts';
import type { Schema } from '../../schemas/schema.ts';
import { DEDUCED, type ListType, type MapType, type Scalar, type Type, UNTYPED_ATOMIC } from './type.ts';

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const RAW_EXTENSION = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const OWN_MEMBERS: Readonly<Record<string, Schema>> = { apiVersion: { type: 'string' }, kind: { type: 'string' } };

const objects = new WeakMap<Schema, Type>();

/** The type of a kind's objects. A custom one's metadata is ObjectMeta, whatever its schema says of it. */
export function objectType(schema: Schema, isCustom: boolean): Type {
  if (!isCustom) return typeOf(schema, false);
  const known = objects.get(schema);
  if (known !== undefined) return known;

  const isSchemaless = schema.type === undefined && schema.properties === undefined;
  const type = isSchemaless ? DEDUCED : typeOf(withOwnMembers(schema), false);
  objects.set(schema, type);
  return type;
}

function withOwnMembers(schema: Schema): Schema {
  return { ...schema, properties: { ...schema.properties, ...OWN_MEMBERS, metadata: namedSchema(OBJECT_META) } };
}

/** By whether unknown members are kept, as one of those that hold it says. */
const known = { plain: new WeakMap<Schema, Type>(), preserving: new WeakMap<Schema, Type>() };

function typeOf(schema: Schema, isPreserving: boolean): Type {
  const isInline = schema.name === undefined;
  const preserves = (isInline && isPreserving) || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const types = isInline && isPreserving ? known.preserving : known.plain;
  const found = types.get(schema);
  if (found !== undefined) return found;

  const type = read(schema, preserves);
  types.set(schema, type);
  return type;
}

function read(schema: Schema, preserves: boolean): Type {
  if (schema.name === QUANTITY) return { scalar: 'untyped' };
  if (schema.name === RAW_EXTENSION) return UNTYPED_ATOMIC;
  const own = schema['x-kubernetes-embedded-resource'] === true ? withOwnMembers(schema) : schema;
  switch (schema.type) {
    case undefined:
      return { scalar: 'untyped', list: listOf(own, preserves), map: mapOf(own, preserves) };
    case 'object':
      return { map: mapOf(own, preserves) };
    case 'array':
      return { list: listOf(own, preserves) };
    default:
      return { scalar: scalarOf(schema) };
  }
}

function scalarOf({ type, format = '' }: Schema): Scalar {
  if (type === 'integer' || type === 'number') return 'numeric';
  if (type === 'boolean') return 'boolean';
  return format === '' || format === 'byte' ? 'string' : 'untyped';
}

function listOf(schema: Schema, preserves: boolean): ListType {
  const { items } = schema;
  const type = items === undefined ? UNTYPED_ATOMIC : undefined;
  return { ...relationOf(schema), items: () => type ?? typeOf(items ?? {}, preserves) };
}

function relationOf(schema: Schema): { isAtomic: boolean; keys: readonly string[] } {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { isAtomic: false, keys: [] };
    case 'map':
      return { isAtomic: false, keys: schema['x-kubernetes-list-map-keys'] ?? [] };
    case 'atomic':
      return { isAtomic: true, keys: [] };
    default: {
      const isMerged = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') === true;
      const key = schema['x-kubernetes-patch-merge-key'];
      return { isAtomic: !isMerged, keys: isMerged && key !== undefined ? [key] : [] };
    }
  }
}

function mapOf(schema: Schema, preserves: boolean): MapType {
  const { properties = {} } = schema;
  const property = (name: string): Schema | undefined =>
    Object.hasOwn(properties, name) ? properties[name] : undefined;
  const isBare = Object.keys(properties).length === 0;
  return {
    isAtomic: schema['x-kubernetes-map-type'] === 'atomic',
    field(name) {
      const found = property(name);
      return found === undefined ? undefined : typeOf(found, preserves);
    },
    defaultOf: (name): JsonValue | undefined => property(name)?.default,
    others: () => othersOf(schema, preserves, isBare),
    isDeduced: isBare && saysNothing(schema.additionalProperties),
  };
}

function saysNothing(others: Schema['additionalProperties']): boolean {
  if (typeof others !== 'object') return others !== false;
  if (others.name !== undefined) return false;
  return others.type === undefined || (others.type === 'string' && scalarOf(others) === 'untyped');
}

function othersOf({ additionalProperties }: Schema, preserves: boolean, isBare: boolean): Type | undefined {
  if (additionalProperties === undefined) return preserves || isBare ? DEDUCED : undefined;
  if (additionalProperties === true) return DEDUCED;
  return additionalProperties === false ? undefined : typeOf(additionalProperties, preserves);
}
