/** Which values are equal, and which comes first (https://github.com/google/cel-spec, doc/langdef.md#equality). */
import { EvaluationFailure, noSuchOverload } from './failure.ts';
import {
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  Foreign,
  isList,
  isMap,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './value.ts';

/** What going through values is paid to: a comparison is as long as what is compared is deep. */
export interface Payer {
  /** @throws CostFailure */
  charge(cost: number): void;
}

const TEXT_FACTOR = 0.1;

/** Values of different types are unequal, but numbers compare by their size. */
export function areEqual(left: CelValue, right: CelValue, payer: Payer): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false;
    payer.charge(left.length * TEXT_FACTOR);
    return left === right;
  }
  if (left === right) return true;
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)];
  if (leftNumber !== undefined || rightNumber !== undefined) {
    if (leftNumber === undefined || rightNumber === undefined) return false;
    return !Number.isNaN(leftNumber) && !Number.isNaN(rightNumber) && orderOf(leftNumber, rightNumber) === 0;
  }
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false;
  if (isList(left)) return isList(right) && areListsEqual(left, right, payer);
  if (isMap(left)) return isMap(right) && areMapsEqual(left, right, payer);
  return areObjectsEqual(left, right, payer);
}

function areObjectsEqual(left: CelValue, right: CelValue, payer: Payer): boolean {
  if (left instanceof Timestamp) return right instanceof Timestamp && left.nanos === right.nanos;
  if (left instanceof Duration) return right instanceof Duration && left.nanos === right.nanos;
  if (left instanceof TypeValue) return right instanceof TypeValue && left.name === right.name;
  if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  if (left instanceof Foreign) {
    return right instanceof Foreign && left.typeName === right.typeName && left.equals(right);
  }
  if (!(left instanceof Optional) || !(right instanceof Optional)) return false;
  if (left.value === undefined || right.value === undefined) return left.value === right.value;
  return areEqual(left.value, right.value, payer);
}

function areListsEqual(left: CelList, right: CelList, payer: Payer): boolean {
  if (left.length !== right.length) return false;
  payer.charge(left.length);
  const type = left.listType ?? right.listType;
  if (type === 'set') return everyItem(left, (item) => hasItem(right, item, payer));
  if (type === 'map') {
    const keys = left.mapKeys ?? right.mapKeys ?? [];
    return everyItem(left, (item) => {
      const other = itemWithKeys(right, item, keys, payer);
      return other !== undefined && areEqual(item, other, payer);
    });
  }
  for (let index = 0; index < left.length; index++) {
    if (!areEqual(left.at(index), right.at(index), payer)) return false;
  }
  return true;
}

function everyItem(list: CelList, holds: (item: CelValue) => boolean): boolean {
  for (let index = 0; index < list.length; index++) {
    if (!holds(list.at(index))) return false;
  }
  return true;
}

export function hasItem(list: CelList, wanted: CelValue, payer: Payer): boolean {
  payer.charge(list.length);
  return !everyItem(list, (item) => !areEqual(item, wanted, payer));
}

/** The item of a list of type map that has the same keys. */
export function itemWithKeys(
  list: CelList,
  wanted: CelValue,
  keys: readonly string[],
  payer: Payer,
): CelValue | undefined {
  if (!isMap(wanted)) return undefined;
  payer.charge(list.length);
  for (let index = 0; index < list.length; index++) {
    const item = list.at(index);
    if (isMap(item) && keys.every((key) => areMembersEqual(item, wanted, key, payer))) return item;
  }
  return undefined;
}

function areMembersEqual(left: CelMap, right: CelMap, key: string, payer: Payer): boolean {
  const [first, second] = [left.get(key), right.get(key)];
  return first === undefined || second === undefined ? first === second : areEqual(first, second, payer);
}

function areMapsEqual(left: CelMap, right: CelMap, payer: Payer): boolean {
  const keys = left.keys();
  payer.charge(keys.length);
  if (keys.length !== right.size) return false;
  for (const key of keys) {
    const [first, second] = [left.get(key), right.get(key)];
    if (first === undefined || second === undefined || !areEqual(first, second, payer)) return false;
  }
  return true;
}

/** The size of a number of any type. */
export function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** Below, at, or above zero. @throws EvaluationFailure where the two have no order */
export function compare(left: CelValue, right: CelValue): number {
  const [leftNumber, rightNumber] = [numberOf(left), numberOf(right)];
  if (leftNumber !== undefined && rightNumber !== undefined) {
    if (Number.isNaN(leftNumber) || Number.isNaN(rightNumber))
      throw new EvaluationFailure('NaN values cannot be ordered');
    return orderOf(leftNumber, rightNumber);
  }
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return order(Number(left), Number(right));
  if (left instanceof Timestamp && right instanceof Timestamp) return order(left.nanos, right.nanos);
  if (left instanceof Duration && right instanceof Duration) return order(left.nanos, right.nanos);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  throw noSuchOverload();
}

/** A whole number and one that may not be compare as the latter, so that large ones may be equal that are not. */
function orderOf(left: bigint | number, right: bigint | number): number {
  if (typeof left === typeof right) return order(left, right);
  return order(Number(left), Number(right));
}

function order(left: bigint | number, right: bigint | number): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

/** By code points, as Go's bytes have them: JavaScript's own order puts surrogates before what is above U+E000. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  const isPlain = !SURROGATE.test(left) && !SURROGATE.test(right);
  if (isPlain) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const SURROGATE = /[\ud800-\udfff]/;
