/**
 * An object of a kind before anything is set. In Go it has the members that cannot be absent, and whoever creates an
 * object does not own these as such: `f:spec` of a Deployment is owned below, never as a whole.
 */
import { isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { DEFINITIONS } from '../../schemas/core/definitions.generated.ts';
import type { ManagedResource } from '../resource.ts';

const known = new Map<string, JsonObject>();

export function emptyObject({ schema, isCustom }: ManagedResource): JsonObject {
  const { name } = schema;
  return isCustom || name === undefined ? {} : emptyOf(name);
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

/** A struct has its empty self as its default; what is required and has none is a list, an object or a reference. */
function zeroOf({ default: value, $ref }: JsonObject, isRequired: boolean): JsonValue | undefined {
  if (isObject(value) && typeof $ref === 'string') return emptyOf($ref);
  if (!isRequired) return undefined;
  return value === undefined || isObject(value) ? null : value;
}
