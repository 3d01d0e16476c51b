/** Operators, and the functions that every CEL has for lists and maps. */
import { type Meter, TEXT_FACTOR } from '../evaluate/meter.ts';
import { areEqual, compare, hasItem } from '../values/compare.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { isMoment } from '../values/time.ts';
import {
  type CelList,
  type CelValue,
  Duration,
  isList,
  isMap,
  keyOf,
  listOf,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
} from '../values/value.ts';
import { anyArg } from './arguments.ts';
import type { CelFunction } from './function.ts';

const SMALLEST_INT = -(2n ** 63n);
const LARGEST_INT = 2n ** 63n - 1n;
const LARGEST_UINT = 2n ** 64n - 1n;

type Operation = '+' | '-' | '*' | '/' | '%';

const OVERFLOW = 'overflow';

/** Going past an item, without looking into it. */
const ITEM_FACTOR = 0.1;

/** @throws EvaluationFailure where it is no int of 64 bits */
export function checkedInt(value: bigint): bigint {
  if (value < SMALLEST_INT || value > LARGEST_INT) throw new EvaluationFailure(`integer ${OVERFLOW}`);
  return value;
}

export function checkedUint(value: bigint): Uint {
  if (value < 0n || value > LARGEST_UINT) throw new EvaluationFailure(`unsigned integer ${OVERFLOW}`);
  return new Uint(value);
}

function checkedMoment(nanos: bigint): Timestamp {
  if (!isMoment(nanos)) throw new EvaluationFailure('timestamp overflow');
  return new Timestamp(nanos);
}

function wholeResult(operation: Operation, left: bigint, right: bigint): bigint {
  if ((operation === '/' || operation === '%') && right === 0n) {
    throw new EvaluationFailure(operation === '/' ? 'division by zero' : 'modulus by zero');
  }
  // on Go's processors the remainder overflows where the quotient does
  if (operation === '%' && left === SMALLEST_INT && right === -1n) throw new EvaluationFailure(`integer ${OVERFLOW}`);
  switch (operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return left % right;
  }
}

function doubleResult(operation: Operation, left: number, right: number): number {
  switch (operation) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      throw noSuchOverload();
  }
}

function arithmetic(operation: Operation, left: CelValue, right: CelValue): CelValue {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkedInt(wholeResult(operation, left, right));
  if (typeof left === 'number' && typeof right === 'number') return doubleResult(operation, left, right);
  if (left instanceof Uint && right instanceof Uint) {
    return checkedUint(wholeResult(operation, left.value, right.value));
  }
  throw noSuchOverload();
}

function add(left: CelValue, right: CelValue, meter: Meter): CelValue {
  if (typeof left === 'string' && typeof right === 'string') {
    meter.charge((left.length + right.length) * TEXT_FACTOR);
    return left + right;
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    meter.charge((left.length + right.length) * TEXT_FACTOR);
    return Buffer.concat([left, right]);
  }
  if (isList(left) && isList(right)) return joined(left, right, meter);
  if (left instanceof Timestamp && right instanceof Duration) return checkedMoment(left.nanos + right.nanos);
  if (left instanceof Duration && right instanceof Timestamp) return checkedMoment(left.nanos + right.nanos);
  if (left instanceof Duration && right instanceof Duration) return new Duration(checkedInt(left.nanos + right.nanos));
  return arithmetic('+', left, right);
}

/** Of lists that are sets, what is new comes behind (k8s.io/apiserver pkg/cel/common/values.go). */
function joined(left: CelList, right: CelList, meter: Meter): CelList {
  meter.charge((left.length + right.length) * ITEM_FACTOR);
  const items: CelValue[] = [];
  for (let index = 0; index < left.length; index++) items.push(left.at(index));
  const { listType, mapKeys } = left;
  if (listType === undefined) {
    for (let index = 0; index < right.length; index++) items.push(right.at(index));
    return listOf(items);
  }
  for (let index = 0; index < right.length; index++) {
    const item = right.at(index);
    const place =
      listType === 'set'
        ? items.findIndex((one) => areEqual(one, item, meter))
        : placeByKeys(items, item, mapKeys, meter);
    if (place < 0) items.push(item);
    else items[place] = item;
  }
  return { ...listOf(items), listType, ...(mapKeys !== undefined && { mapKeys }) };
}

function placeByKeys(items: readonly CelValue[], item: CelValue, keys: readonly string[] = [], meter: Meter): number {
  meter.charge(items.length);
  return items.findIndex(
    (one) =>
      isMap(one) && isMap(item) && keys.every((key) => areEqual(one.get(key) ?? null, item.get(key) ?? null, meter)),
  );
}

function subtract(left: CelValue, right: CelValue): CelValue {
  if (left instanceof Timestamp && right instanceof Timestamp)
    return new Duration(checkedInt(left.nanos - right.nanos));
  if (left instanceof Timestamp && right instanceof Duration) return checkedMoment(left.nanos - right.nanos);
  if (left instanceof Duration && right instanceof Duration) return new Duration(checkedInt(left.nanos - right.nanos));
  return arithmetic('-', left, right);
}

function negate(value: CelValue): CelValue {
  if (typeof value === 'bigint') return checkedInt(-value);
  if (typeof value === 'number') return -value;
  throw noSuchOverload();
}

function contains(wanted: CelValue, container: CelValue, meter: Meter): boolean {
  if (isMap(container)) {
    const key = keyOf(wanted);
    return key !== undefined && container.has(key);
  }
  if (!isList(container)) throw noSuchOverload();
  return hasItem(container, wanted, meter);
}

/** The size in characters, bytes, items or members. */
function size(value: CelValue, meter: Meter): bigint {
  if (typeof value === 'string') {
    meter.chargeFor(value);
    let count = 0;
    for (const _ of value) count++;
    return BigInt(count);
  }
  if (value instanceof Uint8Array || isList(value)) return BigInt(value.length);
  if (isMap(value)) {
    const { size: members } = value;
    // an object has to be gone through to know how many members it has
    meter.charge(members);
    return BigInt(members);
  }
  throw noSuchOverload();
}

const NUMBERS = ['double', 'int', 'uint'];
/** In cel-go's order, since the first that fits says what is not known yet. Numbers of different types have an order too. */
const ORDERED_PAIRS: readonly (readonly [string, string])[] = [
  ['bool', 'bool'],
  ['int', 'int'],
  ['int', 'double'],
  ['int', 'uint'],
  ['uint', 'uint'],
  ['uint', 'double'],
  ['uint', 'int'],
  ['double', 'double'],
  ['double', 'int'],
  ['double', 'uint'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
];

function relation(name: string, holds: (order: number) => boolean): CelFunction {
  return {
    name,
    signatures: ORDERED_PAIRS.map(([left, right]) => `${name}(${left}, ${right}): bool`),
    run: (args, meter) => {
      const [left, right] = [anyArg(args, 0), anyArg(args, 1)];
      meter.chargeFor(left);
      return holds(compare(left, right));
    },
  };
}

function same(name: string, types: readonly string[], others: readonly string[], run: CelFunction['run']): CelFunction {
  return { name, signatures: [...types.map((type) => `${name}(${type}, ${type}): ${type}`), ...others], run };
}

export const OPERATORS: readonly CelFunction[] = [
  same(
    '_+_',
    ['bytes', 'double', 'duration', 'int', 'list<A>', 'string', 'uint'],
    ['_+_(duration, timestamp): timestamp', '_+_(timestamp, duration): timestamp'],
    (args, meter) => add(anyArg(args, 0), anyArg(args, 1), meter),
  ),
  same(
    '_-_',
    ['double', 'duration', 'int', 'uint'],
    ['_-_(timestamp, duration): timestamp', '_-_(timestamp, timestamp): duration'],
    (args) => subtract(anyArg(args, 0), anyArg(args, 1)),
  ),
  same('_*_', NUMBERS, [], (args) => arithmetic('*', anyArg(args, 0), anyArg(args, 1))),
  same('_/_', NUMBERS, [], (args) => arithmetic('/', anyArg(args, 0), anyArg(args, 1))),
  same('_%_', ['int', 'uint'], [], (args) => arithmetic('%', anyArg(args, 0), anyArg(args, 1))),
  { name: '-_', signatures: ['-_(double): double', '-_(int): int'], run: (args) => negate(anyArg(args, 0)) },
  {
    name: '!_',
    signatures: ['!_(bool): bool'],
    run: ([value]) => {
      if (typeof value !== 'boolean') throw noSuchOverload();
      return !value;
    },
  },
  {
    name: '_==_',
    signatures: ['_==_(A, A): bool'],
    run: (args, meter) => areEqual(anyArg(args, 0), anyArg(args, 1), meter),
  },
  {
    name: '_!=_',
    signatures: ['_!=_(A, A): bool'],
    run: (args, meter) => !areEqual(anyArg(args, 0), anyArg(args, 1), meter),
  },
  relation('_<_', (order) => order < 0),
  relation('_<=_', (order) => order <= 0),
  relation('_>_', (order) => order > 0),
  relation('_>=_', (order) => order >= 0),
  {
    name: '@in',
    signatures: ['@in(A, list<A>): bool', '@in(A, map<A, B>): bool'],
    run: (args, meter) => contains(anyArg(args, 0), anyArg(args, 1), meter),
  },
  {
    name: 'size',
    signatures: ['string', 'bytes', 'list<A>', 'map<A, B>'].flatMap((type) => [
      `size(${type}): int`,
      `${type}.size(): int`,
    ]),
    run: (args, meter) => size(anyArg(args, 0), meter),
  },
  { name: 'type', signatures: ['type(A): type<A>'], run: (args) => new TypeValue(typeNameOf(anyArg(args, 0))) },
  { name: 'dyn', signatures: ['dyn(A): dyn'], run: (args) => anyArg(args, 0) },
];
