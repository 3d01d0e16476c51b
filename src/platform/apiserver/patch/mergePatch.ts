/** JSON Merge Patch (RFC 7386), as gopkg.in/evanphx/json-patch.v4 merge.go carries it out. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../kubernetes/json.ts';
import { badRequest } from '../status/failure.ts';
import { isRecord, type Json, type JsonRecord, member, set, thaw } from './json.ts';

/**
 * The object after the patch: null takes a member away, an object is merged, all else takes its place.
 *
 * @param patch the parsed body
 * @throws Failure 400 where the body is not an object
 */
export function mergePatch(object: JsonObject, patch: JsonValue): JsonObject {
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch)) {
    const kind = isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const into = 'Go value of type map[string]interface {}';
    throw badRequest(`error decoding patch: json: cannot unmarshal ${kind} into ${into}`);
  }
  const merged = thaw(object);
  if (isRecord(merged)) merge(merged, patch);
  return merged as JsonRecord;
}

function merge(target: JsonRecord, patch: JsonObject): void {
  for (const key of Object.keys(patch)) {
    const value = patch[key] ?? null;
    if (value === null) {
      delete target[key];
      continue;
    }
    const present = member(target, key);
    if (isRecord(present) && isObject(value)) merge(present, value);
    else set(target, key, withoutNulls(value));
  }
}

/** What is new loses its nulls; those in a list are items and stay. */
function withoutNulls(value: JsonValue): Json {
  if (isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const copy: JsonRecord = {};
  for (const key of Object.keys(value)) {
    const inner = value[key] ?? null;
    if (inner !== null) set(copy, key, withoutNulls(inner));
  }
  return copy;
}
