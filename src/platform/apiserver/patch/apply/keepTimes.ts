/**
 * What changes nothing does not count as a change either
 * (k8s.io/apiserver pkg/endpoints/handlers/fieldmanager/equality.go).
 */
import {
  equals,
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
} from '../../../../kubernetes/json.ts';
import { managedFieldsOf, withManagedFields } from './metadata.ts';

/**
 * `next` with the times of `old` in managedFields where nothing else differs, so that it equals `old` and need not be
 * written. For an update, patch or apply, after admission and the strategy.
 *
 * @param isCustom whether an empty member differs from none, as it does in custom resources alone
 */
export function keepTimes(old: JsonObject, next: JsonObject, isCustom: boolean): JsonObject {
  const before = managedFieldsOf(old);
  const after = managedFieldsOf(next);
  if (!isArray(before) || !isArray(after) || after.length === 0 || before.length !== after.length) return next;

  const isChanged = after.some((entry, index) => timeOf(entry) !== timeOf(before[index]));
  if (!isChanged || !equals(before.map(timeless), after.map(timeless))) return next;
  const shape = isCustom ? asIs : withoutEmpty;
  if (!equals(shape(comparable(old)), shape(comparable(next)))) return next;
  return withManagedFields(next, before);
}

function timeOf(entry: JsonValue | undefined): JsonValue | undefined {
  return isObject(entry) ? entry.time : undefined;
}

function timeless(entry: JsonValue): JsonValue {
  if (!isObject(entry)) return entry;
  const { time: _, ...rest } = entry;
  return rest;
}

/** Without what is compared apart, and the resourceVersion, which the write sets. */
function comparable(object: JsonObject): JsonObject {
  const { metadata, ...rest } = object;
  if (!isObject(metadata)) return object;
  const { managedFields: _, resourceVersion: __, ...others } = metadata;
  return { ...rest, metadata: others };
}

function asIs(value: JsonValue): JsonValue {
  return value;
}

/** Go tells an empty list or map from none in nothing but custom resources. */
function withoutEmpty(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutEmpty) satisfies JsonArray;
  if (!isObject(value)) return value;
  const left: [string, JsonValue][] = [];
  for (const key of Object.keys(value)) {
    const inner = withoutEmpty(value[key] ?? null);
    const isEmpty = inner === null || ((isArray(inner) || isObject(inner)) && Object.keys(inner).length === 0);
    if (!isEmpty) left.push([key, inner]);
  }
  return Object.fromEntries(left);
}
