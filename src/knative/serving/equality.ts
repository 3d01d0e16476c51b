/** Whether two values are the same to Go: after decoding, so that an absent list and an empty one are no difference. */
import { equals, isArray, isObject, type JsonValue } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { isSet, type Scalar, type Struct, type Type } from './shape.ts';

type Value = JsonValue | undefined;

/** The places where two values of one type differ, at most so many of them. */
export function differences(left: Value, right: Value, type: Type, path: string, limit: number): string[] {
  const found: string[] = [];
  compare(left, right, type, path, { found, limit });
  return found;
}

export function areSame(left: Value, right: Value, type: Type): boolean {
  return differences(left, right, type, '', 1).length === 0;
}

interface Search {
  readonly found: string[];
  readonly limit: number;
}

function compare(left: Value, right: Value, type: Type, path: string, search: Search): void {
  if (search.found.length >= search.limit) return;
  if (typeof type !== 'string' && type.type === 'struct') {
    compareStructs(left, right, type, path, search);
    return;
  }

  const isLeftSet = isSet(left, type);
  if (!isLeftSet && !isSet(right, type)) return;
  if (isLeftSet !== isSet(right, type)) search.found.push(path);
  else if (typeof type === 'string') compareScalars(left, right, type, path, search);
  else if (type.type === 'pointer') compare(left, right, type.to, path, search);
  else if (type.type === 'list') compareLists(left, right, type.of, path, search);
  else compareKeys(left, right, type.of, path, search);
}

function compareScalars(left: Value, right: Value, type: Scalar, path: string, search: Search): void {
  const isSame = type === 'quantity' ? parseQuantity(left) === parseQuantity(right) : equals(left, right);
  if (!isSame) search.found.push(path);
}

function compareStructs(left: Value, right: Value, shape: Struct, path: string, search: Search): void {
  for (const [field, type] of shape.fields) {
    const before = isObject(left) ? left[field] : undefined;
    const now = isObject(right) ? right[field] : undefined;
    if (before !== now) compare(before, now, type, `${path}/${field}`, search);
  }
}

function compareLists(left: Value, right: Value, type: Type, path: string, search: Search): void {
  if (!isArray(left) || !isArray(right)) return;
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if (index >= left.length || index >= right.length) search.found.push(`${path}/${index}`);
    else compare(left[index], right[index], type, `${path}/${index}`, search);
  }
}

function compareKeys(left: Value, right: Value, type: Type, path: string, search: Search): void {
  if (!isObject(left) || !isObject(right)) return;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const isInBoth = Object.hasOwn(left, key) && Object.hasOwn(right, key);
    if (!isInBoth) search.found.push(join(path, key));
    else compare(left[key], right[key], type, join(path, key), search);
  }
}
