/** Whether two states of an object mean the same to whoever wrote them. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';

/** Holders of what Weir and Knative fill in: empty, they mean what their absence means. */
const HOLDERS: ReadonlySet<string> = new Set([
  'spec',
  'metadata',
  'annotations',
  'labels',
  'resources',
  'requests',
  'limits',
  'securityContext',
  'capabilities',
  'delivery',
]);

/** `sameMeaning` of what two objects hold under one key: there, an absent value and an empty holder can be the same. */
export function sameUnder(key: string, left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  return sameMember(key, left === undefined ? {} : { [key]: left }, right === undefined ? {} : { [key]: right });
}

/** Deep equality where null is absent (as the API server has it), and an empty holder is, too. */
export function sameMeaning(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameMeaning(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return (left ?? null) === (right ?? null);

  for (const key of Object.keys(left)) if (!sameMember(key, left, right)) return false;
  for (const key of Object.keys(right)) {
    if (!Object.hasOwn(left, key) && !isNothing(key, right[key])) return false;
  }
  return true;
}

function sameMember(key: string, left: JsonObject, right: JsonObject): boolean {
  const one = left[key];
  const other = Object.hasOwn(right, key) ? right[key] : undefined;
  return isNothing(key, one) ? isNothing(key, other) : sameMeaning(one, other);
}

function isNothing(key: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (!HOLDERS.has(key) || !isObject(value)) return false;
  return Object.keys(value).every((inner) => isNothing(inner, value[inner]));
}
