/**
 * Compiles an expression of CEL as Kubernetes has it, and runs it.
 *
 * ```ts
 * const compiled = compile('object.spec.replicas <= 5', { variables: { object: DYN }, result: 'bool' });
 * if (compiled.ok) compiled.program.run({ object: fromJson(deployment) }); // {ok: true, value: true, cost: 4}
 * ```
 */
import { type Checked, check } from './check/check.ts';
import { constantProblem } from './check/constants.ts';
import type { CheckProblem } from './check/problem.ts';
import { showType, type Type } from './check/types.ts';
import type { Scope } from './evaluate/frame.ts';
import { Meter } from './evaluate/meter.ts';
import { planExpr } from './evaluate/plan.ts';
import type { FunctionTable } from './functions/function.ts';
import { KUBERNETES_FUNCTIONS } from './functions/kubernetes.ts';
import { type Expr, SyntaxProblem } from './syntax/expr.ts';
import { parse } from './syntax/parser.ts';
import { CostFailure, EvaluationFailure, type FailedPart } from './values/failure.ts';
import type { CelValue } from './values/value.ts';

/** What one evaluation may cost (k8s.io/apiserver pkg/apis/cel/config.go, PerCallLimit). */
export const CALL_LIMIT = 1_000_000;

export interface Environment {
  /** Variables by name with their types; `DYN` where nothing is known. */
  readonly variables: Readonly<Record<string, Type>>;
  /** The functions of Kubernetes unless others are given. */
  readonly functions?: FunctionTable;
  /** The type that the expression must give: `bool`, `string`; any where it is absent. */
  readonly result?: 'bool' | 'string';
}

export type Outcome =
  | { readonly ok: true; readonly value: CelValue; readonly cost: number }
  /** `isCostExceeded`: it was cut. The message is cel-go's: `no such key: team`. */
  | {
      readonly ok: false;
      readonly message: string;
      readonly isCostExceeded: boolean;
      readonly cost: number;
      /** Where in the expression it failed; absent where that is not known, as of costs. */
      readonly part?: FailedPart;
    };

export interface Program {
  readonly source: string;
  readonly expr: Expr;
  /** What is known of it before it runs: the types of its parts, the variables that it uses. */
  readonly checked: Checked;
  /** Variables that it uses. */
  readonly used: ReadonlySet<string>;
  /**
   * A variable may be a function, which is asked when an expression first looks at it.
   *
   * @param limit what the evaluation may cost
   */
  run(variables: Readonly<Record<string, CelValue | (() => CelValue) | undefined>>, limit?: number): Outcome;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  /** The message is of several lines, as cel-go shows where in the expression something is wrong. */
  | { readonly ok: false; readonly message: string; readonly problems: readonly CheckProblem[] };

export function compile(
  source: string,
  { variables, functions = KUBERNETES_FUNCTIONS, result }: Environment,
): Compiled {
  try {
    const expr = parse(source);
    const checked = check(expr, new Map(Object.entries(variables)), functions);
    if (checked.problems.length > 0) return refused(shown(source, checked.problems), checked.problems);
    // what may be of any type is not of this one
    if (result !== undefined && showType(checked.type) !== result) {
      return refused(`must evaluate to ${result}, and not to ${showType(checked.type)}`, []);
    }

    const failing = constantProblem(expr, functions);
    if (failing !== undefined)
      return refused(`program instantiation failed: ${failing}`, [{ at: 0, message: failing }]);

    const names = Object.keys(variables);
    const count = { value: names.length };
    const slots = new Map(names.map((name, index) => [name, index]));
    const scope: Scope = { functions, slots, count, plan: planExpr };
    const step = planExpr(expr, scope);
    const run: Program['run'] = (bindings, limit = CALL_LIMIT) => {
      const meter = new Meter(limit);
      try {
        const given = names.map((name) => (checked.used.has(name) ? resolved(bindings[name]) : undefined));
        return { ok: true, value: step({ slots: given, meter }), cost: meter.spent };
      } catch (error) {
        return failed(error, meter);
      }
    };
    return { ok: true, program: { source, expr, checked, used: checked.used, run } };
  } catch (error) {
    if (error instanceof SyntaxProblem) {
      const { at, message } = error;
      return refused(located(source, { at, message }), [{ at, message, about: { kind: 'syntax' } }]);
    }
    if (error instanceof RangeError) return refused('the expression nests too deep', []);
    throw error;
  }
}

function resolved(given: CelValue | (() => CelValue) | undefined): CelValue | undefined {
  return typeof given === 'function' ? given() : given;
}

function failed(error: unknown, { spent }: Meter): Outcome {
  if (error instanceof CostFailure) return { ok: false, message: error.message, isCostExceeded: true, cost: spent };
  if (error instanceof EvaluationFailure) {
    const { message, part } = error;
    return { ok: false, message, isCostExceeded: false, cost: spent, ...(part !== undefined && { part }) };
  }
  if (error instanceof RangeError) {
    return { ok: false, message: 'the expression nests too deep', isCostExceeded: true, cost: spent };
  }
  throw error;
}

function refused(message: string, problems: readonly CheckProblem[]): Compiled {
  return { ok: false, message, problems };
}

const MOST_PROBLEMS = 100;

function shown(source: string, problems: readonly CheckProblem[]): string {
  const told = problems.slice(0, MOST_PROBLEMS).map((problem) => located(source, problem));
  const left = problems.length - MOST_PROBLEMS;
  return [...told, ...(left > 0 ? [`${left} more errors were truncated`] : [])].join('\n');
}

/**
 * `ERROR: <input>:1:6: undefined field 'x'`, the line, and dots up to the place (cel-go common/error.go). Columns count
 * characters; below those that are wide stand wide dots.
 */
function located(source: string, { at, message }: CheckProblem): string {
  const before = source.slice(0, at);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  const column = [...before.slice(start)];
  const text = (source.split('\n')[line - 1] ?? '').replaceAll('\t', ' ');
  const dots = column.map((char) => (isWide(char) ? '．' : '.')).join('');
  const mark = isWide(source.slice(at)) ? '＾' : '^';
  return `ERROR: <input>:${line}:${column.length + 1}: ${message}\n | ${text}\n | ${dots}${mark}`;
}

function isWide(text: string): boolean {
  return text.charCodeAt(0) > 0x7f;
}
