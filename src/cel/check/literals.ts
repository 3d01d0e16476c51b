/**
 * The types of literals, and what can be said of them once all types are known: mixed lists and maps, and texts that are read before the
 * expression runs (github.com/google/cel-go cel/validator.go).
 */
import { compilePattern, PatternProblem } from '../patterns.ts';
import type { CallExpr, Expr, Literal } from '../syntax/expr.ts';
import { partsOf } from '../syntax/walk.ts';
import { isMoment, parseDuration, parseRfc3339 } from '../values/time.ts';
import { formatProblem } from './formats.ts';
import type { About, CheckProblem } from './problem.ts';
import { BOOL, DYN, INT, isSameType, NULL, STRING, showType, type Type, typeOf } from './types.ts';

const TESTS: Readonly<Record<string, ((literal: Literal) => boolean) | undefined>> = {
  matches: (text) => typeof text !== 'string' || !(compilePattern(text) instanceof PatternProblem),
  timestamp: (moment) => {
    if (typeof moment === 'bigint') return isMoment(moment * 1_000_000_000n);
    return typeof moment !== 'string' || parseRfc3339(moment) !== undefined;
  },
  duration: (text) => typeof text === 'string' && parseDuration(text) !== undefined,
};

export function literalProblems(root: Expr, types: ReadonlyMap<Expr, Type>): CheckProblem[] {
  const problems: CheckProblem[] = [];
  const refuse: Refuse = (at, message, about) => {
    // a part that stands twice in what a macro stands for is one
    if (problems.some((known) => known.at === at && known.message === message)) return;
    problems.push(about === undefined ? { at, message } : { at, message, about });
  };
  const visit = (expr: Expr, mayMix: boolean): void => {
    if (expr.kind === 'call') {
      checkCall(expr, refuse);
      const problem = formatProblem(expr, types);
      if (problem !== undefined) refuse(problem.at, problem.message);
    }
    if (expr.kind === 'list' && !mayMix) checkSame(expr.items, types, refuse, true);
    if (expr.kind === 'map' && !mayMix) {
      checkSame(
        expr.entries.map(({ key }) => ({ value: key, isOptional: false })),
        types,
        refuse,
        false,
      );
      checkSame(expr.entries, types, refuse, false);
    }
    const mixesInside = mayMix || (expr.kind === 'call' && expr.name === 'format');
    for (const part of partsOf(expr)) visit(part, mixesInside);
  };
  visit(root, false);
  return problems;
}

type Refuse = (at: number, message: string, about?: About) => void;

/** Texts that stand in the expression are read before it runs. */
function checkCall({ name, args }: CallExpr, refuse: Refuse): void {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  const [first] = args;
  if (test === undefined || first?.kind !== 'literal') return;
  if (test(first.value)) return;
  const isPattern = name === 'matches' && typeof first.value === 'string';
  const about: About | undefined = isPattern ? { kind: 'pattern', pattern: String(first.value) } : undefined;
  refuse(first.at, `invalid ${name} argument`, about);
}

/** What stands in a list is of one type. */
function checkSame(
  items: readonly { readonly value: Expr; readonly isOptional: boolean }[],
  types: ReadonlyMap<Expr, Type>,
  refuse: Refuse,
  isFirstOnly: boolean,
): void {
  let wanted: Type | undefined;
  for (const { value, isOptional } of items) {
    const whole = types.get(value) ?? DYN;
    const type = isOptional && whole.kind === 'optional' ? whole.of : whole;
    wanted ??= type;
    if (isSameType(wanted, type, true)) continue;
    const message = `expected type '${showType(wanted)}' but found '${showType(type)}'`;
    refuse(value.at, message, { kind: 'mixed', wanted, found: type });
    if (isFirstOnly) return;
  }
}

export function typeOfLiteral(value: Literal): Type {
  if (value === null) return NULL;
  if (typeof value === 'string') return STRING;
  if (typeof value === 'bigint') return INT;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'number') return typeOf('double');
  return typeOf(value instanceof Uint8Array ? 'bytes' : 'uint');
}
