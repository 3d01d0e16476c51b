/** Functions for lists and sets: k8s.io/apiserver pkg/cel/library/lists.go, cel-go's ext/lists.go (version 3) and ext/sets.go. */
import type { Meter } from '../evaluate/meter.ts';
import { areEqual, compare, hasItem } from '../values/compare.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { type CelList, type CelValue, isList, itemsOf, listOf, typeNameOf } from '../values/value.ts';
import { anyArg, intArg, listArg } from './arguments.ts';
import type { CelFunction } from './function.ts';
import { OPERATORS } from './operators.ts';

const SUMMED = ['int', 'uint', 'double', 'duration'];
const COMPARED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

const MOST_NUMBERS = 1_000_000n;

function method(name: string, types: readonly string[], result: string, run: CelFunction['run']): CelFunction {
  return { name, signatures: types.map((type) => `list<${type}>.${name}(): ${result.replace('T', type)}`), run };
}

function paidItems(args: readonly CelValue[], index: number, meter: Meter): CelValue[] {
  const list = listArg(args, index);
  meter.charge(list.length);
  return itemsOf(list);
}

function isSorted(items: readonly CelValue[]): boolean {
  for (let index = 1; index < items.length; index++) {
    if (ordered(items[index - 1] ?? null, items[index] ?? null) > 0) return false;
  }
  return true;
}

const plus = OPERATORS.find(({ name }) => name === '_+_');

function sum(items: readonly CelValue[], meter: Meter): CelValue {
  const [first, ...rest] = items;
  if (first === undefined) return 0n;
  if (plus === undefined) throw noSuchOverload();
  let total: CelValue = first;
  for (const item of rest) total = plus.run([total, item], meter);
  return total;
}

function extreme(items: readonly CelValue[], sign: number, name: string): CelValue {
  let best = items[0];
  if (best === undefined) throw new EvaluationFailure(`${name} called on empty list`);
  for (const item of items) {
    if (ordered(item, best) * sign > 0) best = item;
  }
  return best;
}

/** What is no number has no place, and stays where it is. */
function ordered(left: CelValue, right: CelValue): number {
  return Number.isNaN(left) || Number.isNaN(right) ? 0 : compare(left, right);
}

function position(items: readonly CelValue[], wanted: CelValue, isLast: boolean, meter: Meter): bigint {
  const isWanted = (item: CelValue): boolean => areEqual(item, wanted, meter);
  return BigInt(isLast ? items.findLastIndex(isWanted) : items.findIndex(isWanted));
}

function slice(items: readonly CelValue[], start: bigint, end: bigint): CelValue[] {
  const call = `cannot slice(${start}, ${end})`;
  if (start < 0n || end < 0n) throw new EvaluationFailure(`${call}, negative indexes not supported`);
  if (end < start) throw new EvaluationFailure(`${call}, start index must be less than or equal to end index`);
  if (end > items.length) throw new EvaluationFailure(`${call}, list is length ${items.length}`);
  return items.slice(Number(start), Number(end));
}

/** Each list is paid for before it is gone through: a few items may hold many. */
function flatten(list: CelList, depth: bigint, meter: Meter): CelValue[] {
  if (depth < 0n) throw new EvaluationFailure('level must be non-negative');
  meter.charge(list.length + 1);
  return itemsOf(list).flatMap((item) => (isList(item) && depth > 0n ? flatten(item, depth - 1n, meter) : [item]));
}

function distinct(items: readonly CelValue[], meter: Meter): CelValue[] {
  const kept: CelValue[] = [];
  for (const item of items) {
    meter.charge(kept.length);
    if (!kept.some((one) => areEqual(one, item, meter))) kept.push(item);
  }
  return kept;
}

function sorted(items: CelValue[], meter: Meter): CelValue[] {
  meter.charge(items.length * Math.log2(items.length + 1));
  const [first] = items;
  if (first !== undefined && items.some((item) => typeNameOf(item) !== typeNameOf(first))) {
    throw new EvaluationFailure('list elements must have the same type');
  }
  return items.sort(ordered);
}

function range(end: bigint, meter: Meter): CelValue[] {
  if (end > MOST_NUMBERS) throw new EvaluationFailure(`lists.range(${end}) is too long`);
  meter.charge(Number(end));
  return Array.from({ length: Math.max(0, Number(end)) }, (_, index) => BigInt(index));
}

function allIn(items: readonly CelValue[], list: CelList, meter: Meter): boolean {
  return items.every((item) => hasItem(list, item, meter));
}

function lists(args: readonly CelValue[]): [CelList, CelList] {
  return [listArg(args, 0), listArg(args, 1)];
}

export const LISTS: readonly CelFunction[] = [
  method('isSorted', COMPARED, 'bool', (args, meter) => isSorted(paidItems(args, 0, meter))),
  method('sum', SUMMED, 'T', (args, meter) => sum(paidItems(args, 0, meter), meter)),
  method('min', COMPARED, 'T', (args, meter) => extreme(paidItems(args, 0, meter), -1, 'min')),
  method('max', COMPARED, 'T', (args, meter) => extreme(paidItems(args, 0, meter), 1, 'max')),
  method('distinct', ['A'], 'list<A>', (args, meter) => listOf(distinct(paidItems(args, 0, meter), meter))),
  method('reverse', ['A'], 'list<A>', (args, meter) => listOf(paidItems(args, 0, meter).reverse())),
  method('sort', COMPARED, 'list<T>', (args, meter) => listOf(sorted(paidItems(args, 0, meter), meter))),
  {
    name: 'slice',
    signatures: ['list<A>.slice(int, int): list<A>'],
    run: (args, meter) => listOf(slice(paidItems(args, 0, meter), intArg(args, 1), intArg(args, 2))),
  },
  {
    name: 'flatten',
    signatures: ['list<list<A>>.flatten(): list<A>', 'list<dyn>.flatten(int): list<dyn>'],
    run: (args, meter) => {
      const depth = args[1] === undefined ? 1n : intArg(args, 1);
      return listOf(flatten(listArg(args, 0), depth, meter));
    },
  },
  {
    name: 'indexOf',
    signatures: ['list<A>.indexOf(A): int'],
    run: (args, meter) => position(paidItems(args, 0, meter), anyArg(args, 1), false, meter),
  },
  {
    name: 'lastIndexOf',
    signatures: ['list<A>.lastIndexOf(A): int'],
    run: (args, meter) => position(paidItems(args, 0, meter), anyArg(args, 1), true, meter),
  },
  {
    name: 'lists.range',
    signatures: ['lists.range(int): list<int>'],
    run: (args, meter) => listOf(range(intArg(args, 0), meter)),
  },
  {
    name: 'sets.contains',
    signatures: ['sets.contains(list<A>, list<A>): bool'],
    run: (args, meter) => {
      const [list, wanted] = lists(args);
      return allIn(itemsOf(wanted), list, meter);
    },
  },
  {
    name: 'sets.equivalent',
    signatures: ['sets.equivalent(list<A>, list<A>): bool'],
    run: (args, meter) => {
      const [left, right] = lists(args);
      return allIn(itemsOf(left), right, meter) && allIn(itemsOf(right), left, meter);
    },
  },
  {
    name: 'sets.intersects',
    signatures: ['sets.intersects(list<A>, list<A>): bool'],
    run: (args, meter) => {
      const [left, right] = lists(args);
      return itemsOf(left).some((item) => hasItem(right, item, meter));
    },
  },
];
