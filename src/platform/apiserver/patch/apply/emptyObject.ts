/**
 * An object of a kind before anything is set. In Go it has the members that cannot be absent, and whoever creates an
 * object does not own these as such: `f:spec` of a Deployment is owned below, never as a whole.
 */
import { isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { DEFINITIONS } from '../../schemas/core/definitions.generated.ts';
import type { ManagedResource } from '../resource.ts';

const known = new Map<string, JsonObject>();

/** @param object one of the kind, whose nulls tell of members that OpenAPI does not: Go writes null for nothing else */
export function emptyObject({ schema, isCustom }: ManagedResource, object: JsonObject): JsonObject {
  const { name } = schema;
  return isCustom || name === undefined ? {} : withNulls(emptyOf(name), object);
}

function withNulls(empty: JsonObject, object: JsonObject): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object)) {
    const there = Object.hasOwn(empty, key) ? empty[key] : undefined;
    if (value === null && there === undefined) members[key] = null;
    else if (isObject(value) && isObject(there)) members[key] = withNulls(there, value);
  }
  return { ...empty, ...members };
}

function emptyOf(name: string): JsonObject {
  const found = known.get(name);
  if (found !== undefined) return found;
  const text = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  const definition: JsonObject = JSON.parse(text ?? '{}');
  const { properties, required } = definition;
  const always = new Set(Array.isArray(required) ? required : []);
  const members: Record<string, JsonValue> = {};
  for (const [key, property] of Object.entries(isObject(properties) ? properties : {})) {
    if (!isObject(property)) continue;
    const value = zeroOf(property, always.has(key));
    if (value !== undefined) members[key] = value;
  }
  known.set(name, members);
  return members;
}

/**
 * A struct has its empty self as its default, a scalar that cannot be absent its zero; what is required and has no
 * default is a list, an object or a reference.
 */
function zeroOf({ default: value, $ref }: JsonObject, isRequired: boolean): JsonValue | undefined {
  if (isObject(value) && typeof $ref === 'string') return emptyOf($ref);
  if (value === '' || value === 0 || value === false) return value;
  return isRequired ? (value ?? null) : undefined;
}
