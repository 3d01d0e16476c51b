/** What is wrong with a parsed expression before it ever runs: unknown names, too many loops, patterns that are none. */
import { isCelError } from '@bufbuild/cel';
import { didYouMean } from '../../text/nearest.ts';
import { type Expr, type ParsedExpr, partsOf } from './ast.ts';
import { MAX_COMPREHENSION_NESTING, MAX_COMPREHENSIONS, MAX_NESTING, MAX_PATTERN_LENGTH } from './limits.ts';
import { celRuntime } from './runtime.ts';

export interface ExpressionProblem {
  /** In the expression, in UTF-16 code units. */
  readonly offset?: number;
  readonly message: string;
}

/** @param variables the names that the expression may use */
export function checkExpression(parsed: ParsedExpr, variables: readonly string[]): ExpressionProblem[] {
  if (parsed.expr === undefined) return [{ message: 'the expression is empty' }];
  const checker = new Checker(parsed);
  checker.visit(parsed.expr, variables, 1, 0);
  return checker.problems;
}

/** What the planner carries out itself, without a function. */
const OPERATORS: ReadonlySet<string> = new Set(['_[_]', '_?_:_', '_&&_', '_||_', '@not_strictly_false']);

const TYPE_NAMES: readonly string[] = [
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
];

/** How the macros are written; what does not fit is parsed as a call of a function that does not exist. */
const MACROS: Readonly<Record<string, string>> = {
  has: 'has(object.metadata.labels)',
  all: 'list.all(item, condition)',
  exists: 'list.exists(item, condition)',
  exists_one: 'list.exists_one(item, condition)',
  existsOne: 'list.exists_one(item, condition)',
  map: 'list.map(item, value)',
  filter: 'list.filter(item, condition)',
};

class Checker {
  readonly problems: ExpressionProblem[] = [];
  readonly #positions: Readonly<Record<string, number>>;
  #loops = 0;
  #isTooDeep = false;

  constructor(parsed: ParsedExpr) {
    this.#positions = parsed.sourceInfo?.positions ?? {};
  }

  visit(expr: Expr, scope: readonly string[], depth: number, loopDepth: number): void {
    if (depth > MAX_NESTING) {
      if (!this.#isTooDeep)
        this.#refuse(expr, `the expression nests deeper than ${MAX_NESTING} levels; make two rules of it`);
      this.#isTooDeep = true;
      return;
    }

    const isLoop = expr.exprKind.case === 'comprehensionExpr';
    if (isLoop) this.#countLoop(expr, loopDepth + 1);
    if (!this.#checkNames(expr, scope)) return;
    for (const part of partsOf(expr)) {
      const isInside = isLoop && part.binds.length > 0;
      const names = part.binds.length === 0 ? scope : [...scope, ...part.binds];
      this.visit(part.expr, names, depth + 1, isInside ? loopDepth + 1 : loopDepth);
    }
  }

  #countLoop(expr: Expr, nesting: number): void {
    this.#loops++;
    if (this.#loops === MAX_COMPREHENSIONS + 1) {
      this.#refuse(
        expr,
        `the expression has more than ${MAX_COMPREHENSIONS} loops (all, exists, map, filter); make two rules of it`,
      );
    }
    if (nesting === MAX_COMPREHENSION_NESTING + 1) {
      this.#refuse(
        expr,
        `loops (all, exists, map, filter) stand more than ${MAX_COMPREHENSION_NESTING} deep inside each other`,
      );
    }
  }

  /** False where what is inside cannot be understood: a loop that is written wrongly binds no variable. */
  #checkNames(expr: Expr, scope: readonly string[]): boolean {
    const { exprKind } = expr;
    if (exprKind.case === 'identExpr') {
      const { name } = exprKind.value;
      if (scope.includes(name) || TYPE_NAMES.includes(name)) return true;
      const known = scope.filter((one) => !one.startsWith('@'));
      this.#refuse(expr, `unknown variable "${name}"${didYouMean(name, known) || `; there are ${known.join(', ')}`}`);
    }
    if (exprKind.case === 'structExpr' && exprKind.value.messageName !== '') {
      this.#refuse(
        expr,
        `there are no messages such as ${exprKind.value.messageName} in a policy; a map is written {"key": value}`,
      );
    }
    if (exprKind.case === 'callExpr') {
      const { function: name, target, args } = exprKind.value;
      if (!this.#checkCall(expr, name, target !== undefined, args.length)) return false;
      if (name === 'matches') this.#checkPattern(expr, args[0]);
    }
    return true;
  }

  #checkCall(expr: Expr, name: string, isMethod: boolean, argumentCount: number): boolean {
    if (OPERATORS.has(name)) return true;
    const { functions } = celRuntime();
    const macro = MACROS[name];
    if (Object.hasOwn(MACROS, name) && macro !== undefined) {
      this.#refuse(expr, `${name} is written ${macro}`);
      return false;
    }
    const overloads = functions.get(name);
    if (overloads === undefined) {
      const known = [...functions.keys(), ...Object.keys(MACROS)].filter((one) => /^[a-z]+$/i.test(one));
      this.#refuse(expr, `unknown function "${name}"${didYouMean(name, known)}`);
      return true;
    }
    const isOperator = !/^[a-z]/i.test(name);
    const fits = overloads.some(
      (one) => (one.target !== undefined) === isMethod && one.arguments.length === argumentCount,
    );
    if (fits || isOperator) return true;
    this.#refuse(expr, `${name} is not called this way; it is ${[...new Set(overloads.map(usage))].join(', or ')}`);
    return true;
  }

  /** A pattern that comes from an object could be of any size, so it must stand in the rule. */
  #checkPattern(expr: Expr, pattern: Expr | undefined): void {
    if (pattern === undefined) return;
    const constant = pattern.exprKind.case === 'constExpr' ? pattern.exprKind.value.constantKind : undefined;
    if (constant?.case !== 'stringValue') {
      this.#refuse(pattern, 'the pattern of matches must be a text that stands in the rule');
      return;
    }
    if (constant.value.length > MAX_PATTERN_LENGTH) {
      this.#refuse(pattern, `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
      return;
    }
    const { env, metered } = celRuntime();
    const tried = metered(() => env.funcs.find('matches')?.call(Number(expr.id), '', [constant.value]) ?? false);
    if (!isCelError(tried)) return;
    const reason = tried.message.replace(/^error parsing regexp: /, '');
    this.#refuse(pattern, `the pattern is no RE2 pattern: ${reason}`);
  }

  #refuse(expr: Expr, message: string): void {
    const offset = this.#positions[expr.id.toString()];
    this.problems.push({ ...(offset === undefined ? {} : { offset }), message });
  }
}

/** `text.contains(string)`, `size(list)`: how an overload is called. */
function usage({
  name,
  target,
  arguments: args,
}: {
  name: string;
  target: { name: string } | undefined;
  arguments: readonly { name: string }[];
}): string {
  const call = `${name}(${args.map((type) => type.name).join(', ')})`;
  return target === undefined ? call : `${target.name}.${call}`;
}
