/**
 * Conversions of literals, which cel-go makes before an expression runs (interpreter/decorators.go): one that fails is
 * refused then, as `int("x")` is.
 */
import { Meter } from '../evaluate/meter.ts';
import { literalValue } from '../evaluate/plan.ts';
import { callKey, type FunctionTable } from '../functions/function.ts';
import type { Expr } from '../syntax/expr.ts';
import { partsOf } from '../syntax/walk.ts';
import { EvaluationFailure } from '../values/failure.ts';
import type { CelValue } from '../values/value.ts';

const CONVERSIONS: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'int',
  'string',
  'timestamp',
  'uint',
]);

/** Why the first conversion that fails does; undefined where all can be made. */
export function constantProblem(expr: Expr, functions: FunctionTable): string | undefined {
  for (const part of partsOf(expr)) {
    const problem = constantProblem(part, functions);
    if (problem !== undefined) return problem;
  }
  try {
    constantOf(expr, functions);
    return undefined;
  } catch (error) {
    if (!(error instanceof EvaluationFailure)) throw error;
    return error.message;
  }
}

/**
 * The value of a literal, and of conversions of one; undefined of anything else.
 *
 * @throws EvaluationFailure
 */
function constantOf(expr: Expr, functions: FunctionTable): CelValue | undefined {
  if (expr.kind === 'literal') return literalValue(expr.value);
  if (expr.kind !== 'call' || expr.target !== undefined || !CONVERSIONS.has(expr.name)) return undefined;
  const [arg] = expr.args;
  const value = arg === undefined ? undefined : constantOf(arg, functions);
  if (value === undefined) return undefined;
  if (value === null) throw new EvaluationFailure(`no such overload: ${expr.name}(null_type)`);
  return functions.get(callKey(expr.name, false, 1))?.run([value], new Meter(Number.POSITIVE_INFINITY));
}
