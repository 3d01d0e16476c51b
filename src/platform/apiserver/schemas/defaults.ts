/**
 * Fills in the defaults of a schema (k8s.io/apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm.go).
 *
 * Of core kinds only those defaults count that OpenAPI tells and that are a value: `""`, `0` and `false` stand there for
 * what Go has without any.
 */
import { isArray, isObject, type JsonObject, type JsonValue, ownMember, setOwn } from '../../../kubernetes/json.ts';
import { isCoreType, memberSchema } from './embedded.ts';
import type { Schema } from './schema.ts';

/** The object with defaults where it has nothing, or null where null may not be; the same object where all is there. */
export function withDefaults(object: JsonObject, schema: Schema): JsonObject {
  let filled: { [key: string]: JsonValue | undefined } | undefined;
  const set = (key: string, value: JsonValue): void => {
    filled ??= { ...object };
    setOwn(filled, key, value);
  };

  for (const [key, value] of defaultsOf(schema)) {
    const present = ownMember(object, key);
    if (present === undefined || isWrongNull(present, schema.properties?.[key])) set(key, value);
  }
  const current = filled ?? object;
  for (const key of Object.keys(current)) {
    const value = current[key];
    const member = memberSchema(schema, key);
    if (value === undefined || member === undefined) continue;
    const complete = withDefaultsIn(isWrongNull(value, member) ? (member.default ?? null) : value, member);
    if (complete !== value) set(key, complete);
  }
  return filled ?? object;
}

function withDefaultsIn(value: JsonValue, schema: Schema): JsonValue {
  if (isObject(value)) return withDefaults(value, schema);
  const { items } = schema;
  if (!isArray(value) || items === undefined) return value;

  let isSame = true;
  const complete = value.map((item) => {
    const filled = withDefaultsIn(isWrongNull(item, items) ? (items.default ?? null) : item, items);
    if (filled !== item) isSame = false;
    return filled;
  });
  return isSame ? value : complete;
}

const known = new WeakMap<Schema, readonly (readonly [string, JsonValue])[]>();

/** The properties that have a default. Most have none, and each object asks. */
function defaultsOf(schema: Schema): readonly (readonly [string, JsonValue])[] {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const isCore = isCoreType(schema);
  const defaults: (readonly [string, JsonValue])[] = [];
  for (const [key, { default: value }] of Object.entries(schema.properties ?? {})) {
    if (value === undefined || value === null) continue;
    if (!isCore || !(value === '' || value === 0 || value === false)) defaults.push([key, value]);
  }
  known.set(schema, defaults);
  return defaults;
}

function isWrongNull(value: JsonValue, schema: Schema | undefined): boolean {
  return value === null && schema !== undefined && schema.nullable !== true;
}
