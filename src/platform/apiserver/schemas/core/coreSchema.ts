/** The types of Kubernetes' own kinds, read when they are first asked for. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import type { Schema } from '../schema.ts';
import { DEFINITIONS, KIND_DEFINITIONS } from './definitions.generated.ts';
import { SPECIAL_TYPES } from './specialTypes.ts';

const resolved = new Map<string, Schema>();

/**
 * The type of a kind, or undefined where Kubernetes has none of that name or the server does not know it.
 *
 * Types are shared between all who name them, and JSONSchemaProps contains itself.
 *
 * @param group empty for the core group
 */
export function coreSchema(group: string, version: string, kind: string): Schema | undefined {
  const key = `${group}/${version}/${kind}`;
  const name = Object.hasOwn(KIND_DEFINITIONS, key) ? KIND_DEFINITIONS[key] : undefined;
  return name === undefined ? undefined : namedSchema(name);
}

/** Kinds of an API version with a type here, lists included. */
export function coreKinds(group: string, version: string): string[] {
  const start = `${group}/${version}/`;
  const keys = Object.keys(KIND_DEFINITIONS).filter((key) => key.startsWith(start));
  return keys.map((key) => key.slice(start.length));
}

/**
 * A type by its name in OpenAPI.
 *
 * @throws where there is none: names come from the definitions themselves
 */
export function namedSchema(name: string): Schema {
  const known = resolved.get(name);
  if (known !== undefined) return known;
  const text = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  if (text === undefined) throw new Error(`there is no definition ${name}`);

  const special = SPECIAL_TYPES[name];
  const schema: Record<string, unknown> = { name };
  // before what it is made of is read: it may contain itself
  resolved.set(name, schema);
  const definition: JsonObject = JSON.parse(text);
  Object.assign(schema, special ?? fieldsOf(definition));
  return schema;
}

function fieldsOf(definition: JsonObject): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(definition)) {
    if (key === 'x-kubernetes-group-version-kind' || key === 'x-kubernetes-unions') continue;
    if (value !== undefined) fields[key] = key === 'properties' ? propertiesOf(value) : keyword(key, value);
  }
  return fields;
}

function propertiesOf(value: JsonValue): Record<string, Schema> {
  const properties: Record<string, Schema> = {};
  for (const [name, property] of Object.entries(isObject(value) ? value : {})) {
    if (isObject(property)) properties[name] = schemaOf(property);
  }
  return properties;
}

function keyword(key: string, value: JsonValue): unknown {
  return (key === 'items' || key === 'additionalProperties') && isObject(value) ? schemaOf(value) : value;
}

/** Where nothing but an empty default stands beside a reference, the type itself. */
function schemaOf(schema: JsonObject): Schema {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return withoutZero(fieldsOf(schema));
  const fields = withoutZero(rest);
  const named = namedSchema($ref);
  return Object.keys(fields).length === 0 ? named : { ...named, ...fields };
}

/** Structs have `{}` as their default in OpenAPI, which says that Go has no null there; nothing is filled in. */
function withoutZero(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { default: value, ...rest } = fields;
  const isEmpty = isObject(value) && Object.keys(value).length === 0;
  return value === undefined || isEmpty || isArray(value) ? rest : { ...rest, default: value };
}
