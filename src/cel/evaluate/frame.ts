/** What an evaluation has at hand, and what a plan is made of. */
import type { FunctionTable } from '../functions/function.ts';
import type { Expr } from '../syntax/expr.ts';
import { noSuchOverload } from '../values/failure.ts';
import type { CelValue } from '../values/value.ts';
import type { Meter } from './meter.ts';

/** One evaluation: the values of the variables, and what it has cost. */
export interface Frame {
  readonly slots: (CelValue | undefined)[];
  readonly meter: Meter;
}

export type Step = (frame: Frame) => CelValue;

/** The names that stand for something where an expression is, each with its slot. */
export interface Scope {
  readonly functions: FunctionTable;
  readonly slots: ReadonlyMap<string, number>;
  /** How many slots there are, over all loops. */
  readonly count: { value: number };
  /** Plans a part: loops and what is around them are planned in different files. */
  readonly plan: (expr: Expr, scope: Scope) => Step;
}

/** @throws EvaluationFailure where it is neither true nor false */
export function truth(value: CelValue, expr: Expr): boolean {
  if (typeof value === 'boolean') return value;
  const failure = noSuchOverload();
  failure.part = { expr, operands: [value], wants: 'bool' };
  throw failure;
}
