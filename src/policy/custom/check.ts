/** What is too much in an expression before it ever runs: levels, loops, and patterns that are no texts. */
import type { CallExpr, Expr } from '../../cel/syntax/expr.ts';
import { writtenPartsOf } from '../../cel/syntax/walk.ts';
import { MAX_LOOP_NESTING, MAX_LOOPS, MAX_NESTING, MAX_PATTERN_LENGTH } from './limits.ts';

export interface ExpressionProblem {
  /** In the expression, in UTF-16 code units. */
  readonly offset?: number;
  readonly message: string;
}

/** @param source the text of the expression */
export function limitProblems(source: string, expr: Expr): ExpressionProblem[] {
  const limits = new Limits(source);
  limits.visit(expr, 1, 0);
  return limits.problems;
}

/** CEL points at the bracket of a call; people look for the name before it. */
export function nameBefore(source: string, bracket: number): number {
  return /\w+\s*$/.exec(source.slice(0, bracket))?.index ?? bracket;
}

/** Calls that look for a pattern. */
const PATTERN_FUNCTIONS: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

/** Macros that go through nothing: an optional value is one. */
const NO_LOOPS: ReadonlySet<string> = new Set(['optMap', 'optFlatMap']);

const LOOP_NAMES = '(all, exists, map, filter)';

class Limits {
  readonly problems: ExpressionProblem[] = [];
  readonly #source: string;
  #loops = 0;
  #isTooDeep = false;

  constructor(source: string) {
    this.#source = source;
  }

  visit(expr: Expr, depth: number, loopDepth: number): void {
    if (depth > MAX_NESTING) {
      if (!this.#isTooDeep)
        this.#refuse(expr.at, `the expression nests deeper than ${MAX_NESTING} levels; make two rules of it`);
      this.#isTooDeep = true;
      return;
    }
    if (expr.kind === 'call' && PATTERN_FUNCTIONS.has(expr.name)) this.#checkPattern(expr);
    const isLoop = expr.kind === 'loop' && !NO_LOOPS.has(expr.macro);
    if (isLoop) this.#countLoop(expr, loopDepth + 1);
    for (const part of writtenPartsOf(expr)) {
      const isInside = isLoop && part !== expr.range;
      this.visit(part, depth + 1, isInside ? loopDepth + 1 : loopDepth);
    }
  }

  #countLoop({ at }: Expr, nesting: number): void {
    this.#loops++;
    const offset = nameBefore(this.#source, at);
    if (this.#loops === MAX_LOOPS + 1) {
      this.#refuse(offset, `the expression has more than ${MAX_LOOPS} loops ${LOOP_NAMES}; make two rules of it`);
    }
    if (nesting === MAX_LOOP_NESTING + 1) {
      this.#refuse(offset, `loops ${LOOP_NAMES} stand more than ${MAX_LOOP_NESTING} deep inside each other`);
    }
  }

  /** A pattern that comes from an object could be of any size, so it must stand in the rule. */
  #checkPattern({ name, target, args }: CallExpr): void {
    const pattern = target === undefined ? args[1] : args[0];
    if (pattern === undefined) return;
    if (pattern.kind !== 'literal' || typeof pattern.value !== 'string') {
      this.#refuse(pattern.start, `the pattern of ${name} must be a text that stands in the rule`);
    } else if (pattern.value.length > MAX_PATTERN_LENGTH) {
      this.#refuse(pattern.start, `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
    }
  }

  #refuse(offset: number, message: string): void {
    this.problems.push({ offset, message });
  }
}
