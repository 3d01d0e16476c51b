import type { Expr } from '../syntax/expr.ts';
import type { CelValue } from './value.ts';

export interface FailedPart {
  readonly expr: Expr;
  readonly operands: readonly CelValue[];
  /** The part gave a value, which is of another type than what is around it takes. */
  readonly wants?: 'bool';
}

/** Why an evaluation gives no value. Thrown inside, and given back as a value at the end: they are made for no stack. */
export class EvaluationFailure {
  readonly message: string;
  /** The part of the expression that failed, and what it was given: known once the failure leaves the part. */
  part: FailedPart | undefined;

  constructor(message: string) {
    this.message = message;
  }
}

/** The evaluation costs more than it may. Nothing in an expression can make up for it. */
export class CostFailure {
  readonly message = 'operation cancelled: actual cost limit exceeded';
}

/** The sentence of cel-go where no function fits the types of the values. */
export function noSuchOverload(): EvaluationFailure {
  return new EvaluationFailure('no such overload');
}

export function noSuchKey(key: unknown): EvaluationFailure {
  return new EvaluationFailure(`no such key: ${String(key)}`);
}

/** Says where it failed, unless that is known, and throws on. */
export function failedAt(error: unknown, expr: Expr, operands: readonly CelValue[]): unknown {
  if (error instanceof EvaluationFailure) error.part ??= { expr, operands };
  return error;
}
