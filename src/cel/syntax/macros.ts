/**
 * Calls that are no functions: `has`, loops, and what is done with optional values.
 *
 * Which there are, and with how many arguments: github.com/google/cel-go parser/macro.go, ext/comprehensions.go,
 * ext/lists.go and cel/library.go.
 */
import { type Expr, type LoopExpr, type Macro, SyntaxProblem } from './expr.ts';

/** Macros with one variable, by how many arguments they take. */
const ONE_VARIABLE: Readonly<Record<string, readonly [macro: Macro, counts: readonly number[]]>> = {
  all: ['all', [2]],
  exists: ['exists', [2]],
  exists_one: ['existsOne', [2]],
  existsOne: ['existsOne', [2]],
  filter: ['filter', [2]],
  map: ['map', [2, 3]],
  sortBy: ['sortBy', [2]],
  optMap: ['optMap', [2]],
  optFlatMap: ['optFlatMap', [2]],
};

const TWO_VARIABLES: Readonly<Record<string, readonly [macro: Macro, counts: readonly number[]]>> = {
  all: ['all', [3]],
  exists: ['exists', [3]],
  existsOne: ['existsOne', [3]],
  transformList: ['transformList', [3, 4]],
  transformMap: ['transformMap', [3, 4]],
  transformMapEntry: ['transformMapEntry', [3, 4]],
};

/**
 * What the call is where it is a macro; undefined where it is a function.
 *
 * @throws SyntaxProblem where a macro is written wrongly
 */
export function macroOf(name: string, target: Expr | undefined, args: readonly Expr[], at: number): Expr | undefined {
  if (target === undefined) return name === 'has' && args.length === 1 ? hasOf(args[0], at) : undefined;
  const one = Object.hasOwn(ONE_VARIABLE, name) ? ONE_VARIABLE[name] : undefined;
  if (one?.[1].includes(args.length)) return loop(one[0], target, args, 1, at);
  const two = Object.hasOwn(TWO_VARIABLES, name) ? TWO_VARIABLES[name] : undefined;
  return two?.[1].includes(args.length) ? loop(two[0], target, args, 2, at) : undefined;
}

function hasOf(operand: Expr | undefined, at: number): Expr {
  if (operand?.kind !== 'select' || operand.isTest) {
    throw new SyntaxProblem(operand?.at ?? at, 'invalid argument to has() macro');
  }
  return { ...operand, at, isTest: true };
}

function loop(macro: Macro, range: Expr, args: readonly Expr[], count: number, at: number): LoopExpr {
  const variables: string[] = [];
  for (const arg of args.slice(0, count)) {
    if (arg.kind !== 'name') throw new SyntaxProblem(arg.at, 'argument must be a simple name');
    variables.push(arg.name);
  }
  const rest = args.slice(count);
  const body = rest.at(-1);
  if (body === undefined) throw new SyntaxProblem(at, `${macro} needs an expression`);
  return { kind: 'loop', at, macro, range, variables, filter: rest.length > 1 ? rest[0] : undefined, body };
}
