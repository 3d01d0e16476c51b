/** From the text of an expression to a program that judges, or to what is wrong with it. */
import { type CelInput, type CelResult, parse, plan } from '@bufbuild/cel';
import { type Expr, type ParsedExpr, partsOf } from './ast.ts';
import { bracketProblem } from './brackets.ts';
import { checkExpression, type ExpressionProblem } from './check.ts';
import { MAX_BRACKETS, MAX_EXPRESSION_LENGTH } from './limits.ts';
import { celRuntime, RANGE, TICK } from './runtime.ts';

export interface Program {
  readonly source: string;
  readonly parsed: ParsedExpr;
  /** Undefined where the evaluation costs more than it may. */
  run(bindings: Readonly<Record<string, CelInput>>): CelResult | undefined;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** @param variables the names that the expression may use, each of which must be bound when it runs */
export function compileExpression(source: string, variables: readonly string[]): Compiled {
  if (source.length > MAX_EXPRESSION_LENGTH) {
    return refused(
      `the expression has ${source.length} characters, and may have ${MAX_EXPRESSION_LENGTH}; make two rules of it`,
    );
  }
  const tooDeep = bracketBeyond(source, MAX_BRACKETS);
  if (tooDeep !== undefined) return refused(`brackets stand more than ${MAX_BRACKETS} deep inside each other`, tooDeep);

  try {
    // the parser takes a comment at the end only with the end of its line
    const parsed = parse(`${source}\n`);
    const problems = checkExpression(parsed, variables);
    if (problems.length > 0 || parsed.expr === undefined) return { ok: false, problems };

    const { env, metered } = celRuntime();
    const planned = plan(env, meterLoops(parsed.expr));
    return { ok: true, program: { source, parsed, run: (bindings) => metered(() => planned({ ...bindings })) } };
  } catch (error) {
    return { ok: false, problems: [bracketProblem(source) ?? problemOf(error)] };
  }
}

function refused(message: string, offset?: number): Compiled {
  return { ok: false, problems: [{ ...(offset === undefined ? {} : { offset }), message }] };
}

/** Where brackets first stand deeper than they may. Those inside texts count too: a bound this wide need not be exact. */
function bracketBeyond(source: string, most: number): number | undefined {
  let depth = 0;
  for (let offset = 0; offset < source.length; offset++) {
    const char = source[offset];
    if (char === '(' || char === '[' || char === '{') depth++;
    if (char === ')' || char === ']' || char === '}') depth--;
    if (depth > most) return offset;
  }
  return undefined;
}

function problemOf(error: unknown): ExpressionProblem {
  if (error instanceof RangeError) return { message: 'the expression nests too deep; make two rules of it' };
  const message = error instanceof Error ? error.message : String(error);
  const offset = offsetOf(error);
  const reason = message.replace(/^<input>:[0-9]+:[0-9]+: /, '');
  const found = /^found (.*?) but expecting /s.exec(reason)?.[1];
  return {
    ...(offset === undefined ? {} : { offset }),
    message: `bad CEL: ${found === undefined ? reason : `unexpected ${found === 'end of input' ? 'end' : `"${found}"`}`}`,
  };
}

/** The parser's errors say where: `{location: {start: {offset}}}`. */
function offsetOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('location' in error)) return undefined;
  const { location } = error;
  if (typeof location !== 'object' || location === null || !('start' in location)) return undefined;
  const { start } = location;
  if (typeof start !== 'object' || start === null || !('offset' in start)) return undefined;
  return typeof start.offset === 'number' ? start.offset : undefined;
}

/**
 * The expression with a meter in each loop: what it goes through is paid for first, and each turn asks whether steps
 * are left. The turn asks by its condition, because an error in it could be swallowed by `||` and the loop go on.
 */
function meterLoops(root: Expr): Expr {
  for (const { expr } of partsOf(root)) meterLoops(expr);
  if (root.exprKind.case !== 'comprehensionExpr') return root;

  const loop = root.exprKind.value;
  if (loop.iterRange !== undefined) loop.iterRange = call(loop.iterRange.id, RANGE, [loop.iterRange]);
  if (loop.loopCondition !== undefined) {
    const { id } = loop.loopCondition;
    loop.loopCondition = call(id, '_&&_', [call(id, TICK, []), loop.loopCondition]);
  }
  return root;
}

function call(id: bigint, name: string, args: Expr[]): Expr {
  return {
    $typeName: 'cel.expr.Expr',
    id,
    exprKind: { case: 'callExpr', value: { $typeName: 'cel.expr.Expr.Call', function: name, args } },
  };
}
