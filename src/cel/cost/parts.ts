/** What can be said of a part of an expression without knowing what is around it. */
import { dottedName } from '../check/core.ts';
import type { Type } from '../check/types.ts';
import type { Overload } from '../functions/signatures.ts';
import type { CallExpr, Expr, FoldExpr, IndexExpr } from '../syntax/expr.ts';
import type { Estimate } from './node.ts';
import { exactly, LARGEST, plus, type Range, union } from './range.ts';

/** Of what is in a list or a map. */
export interface EntrySize {
  readonly container: 'list' | 'map';
  readonly key: Range;
  readonly value: Range;
}

export const INDEXES: Readonly<Record<string, string | undefined>> = {
  '_[_] list<A>': '@items',
  '_[_] map<A, B>': '@values',
};

export const SUMS: ReadonlySet<string> = new Set(['string', 'bytes', 'list<A>']);

/** A function whose name has a dot is called on what looks like a field. */
export function qualified(expr: CallExpr | IndexExpr, name: string, { isMethod }: Overload): string {
  if (expr.kind !== 'call' || expr.target === undefined || isMethod) return name;
  return `${dottedName(expr.target)}.${name}`;
}

export function withCost({ cost, size }: Estimate, sum: Range): Estimate {
  return { cost: plus(cost, sum), ...(size !== undefined && { size }) };
}

export function joined(left: EntrySize | undefined, right: EntrySize | undefined): EntrySize | undefined {
  if (left === undefined || right === undefined) return undefined;
  return {
    container: left.container,
    key: union(left.key, right.key),
    value: union(left.value, right.value),
  };
}

export function emptyRange(count: number): Range {
  return { min: count === 0 ? 0n : LARGEST, max: 0n };
}

export function isBinding({ range, condition, accumulator }: FoldExpr): boolean {
  const isEmpty = range.kind === 'list' && range.items.length === 0;
  return isEmpty && condition.kind === 'literal' && condition.value === false && accumulator !== '__result__';
}

export function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return exactly(BigInt(expr.items.length));
  if (expr.kind === 'map') return exactly(BigInt(expr.entries.length));
  if (expr.kind !== 'literal') return undefined;
  if (typeof expr.value === 'string') return exactly(BigInt([...expr.value].length));
  return exactly(expr.value instanceof Uint8Array ? BigInt(expr.value.length) : 1n);
}

const SCALARS: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

export function isScalar(type: Type): boolean {
  if (type.kind === 'optional') return isScalar(type.of);
  return type.kind === 'plain' && SCALARS.has(type.name);
}
