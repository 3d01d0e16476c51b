/** The order of values of any type (sigs.k8s.io/structured-merge-diff/v6 value/value.go). */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';

export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

export function compareValues(left: JsonValue, right: JsonValue): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (isArray(left) && isArray(right)) return compareLists(left, right);
  if (isObject(left) && isObject(right)) return compareObjects(left, right);
  return Number(left) - Number(right);
}

/** Numbers, strings, booleans, lists, objects, null. */
function rankOf(value: JsonValue): number {
  if (value === null) return 5;
  if (isArray(value)) return 3;
  return ['number', 'string', 'boolean', '', 'object'].indexOf(typeof value);
}

function compareLists(left: JsonArray, right: JsonArray): number {
  for (const [index, item] of left.entries()) {
    if (index >= right.length) return 1;
    const order = compareValues(item, right[index] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareObjects(left: JsonObject, right: JsonObject): number {
  const names = Object.keys(left).sort(compareText);
  const others = Object.keys(right).sort(compareText);
  for (const [index, name] of names.entries()) {
    const other = others[index];
    if (other === undefined) return 1;
    const order = compareText(name, other) || compareValues(left[name] ?? null, right[other] ?? null);
    if (order !== 0) return order;
  }
  return names.length - others.length;
}
