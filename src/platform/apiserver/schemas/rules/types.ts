/** The types that expressions see of a schema (k8s.io/apiserver pkg/cel/common/schemas.go). */
import { BOOL, DYN, INT, type ObjectType, STRING, type Type, typeOf } from '../../../../cel/check/types.ts';
import type { Schema } from '../schema.ts';
import { celName } from './names.ts';

const NAME_ONLY: Schema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** A whole object as its rules see it: of metadata there is nothing but the names. */
export function withTypeAndMetadata(schema: Schema): Schema {
  const text: Schema = { type: 'string' };
  return { ...schema, properties: { ...schema.properties, kind: text, apiVersion: text, metadata: NAME_ONLY } };
}

const TEXT_TYPES: Readonly<Record<string, Type>> = {
  byte: typeOf('bytes'),
  duration: typeOf('duration'),
  date: typeOf('timestamp'),
  'date-time': typeOf('timestamp'),
};

/**
 * Undefined where expressions see nothing: of values without a type, and of what holds them.
 *
 * @param name of an object: two that stand in different places are of different types
 */
export function celType(schema: Schema, name = 'object'): Type | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN;
  const seen = schema['x-kubernetes-embedded-resource'] === true ? withTypeAndMetadata(schema) : schema;
  switch (seen.type) {
    case 'array': {
      const item = seen.items === undefined ? undefined : celType(seen.items, `${name}.@idx`);
      return item === undefined ? undefined : { kind: 'list', item };
    }
    case 'object':
      return typeof seen.additionalProperties === 'object'
        ? mapType(seen.additionalProperties, name)
        : objectType(seen, name);
    case 'string':
      return TEXT_TYPES[seen.format ?? ''] ?? STRING;
    case 'boolean':
      return BOOL;
    case 'integer':
      return INT;
    case 'number':
      return typeOf('double');
    default:
      return undefined;
  }
}

function mapType(values: Schema, name: string): Type | undefined {
  const value = celType(values, `${name}.@elem`);
  return value === undefined ? undefined : { kind: 'map', key: STRING, value };
}

function objectType({ properties = {} }: Schema, name: string): ObjectType {
  const fields = new Map<string, Schema>();
  for (const [name, property] of Object.entries(properties)) {
    const escaped = celName(name);
    if (escaped !== undefined) fields.set(escaped, property);
  }
  const types = new Map<string, Type | undefined>();
  return {
    kind: 'object',
    name,
    field(field) {
      if (!types.has(field)) {
        const property = fields.get(field);
        types.set(field, property === undefined ? undefined : celType(property, `${name}.${field}`));
      }
      return types.get(field);
    },
  };
}
