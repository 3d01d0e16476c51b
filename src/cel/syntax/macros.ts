/**
 * Calls that are no functions: `has`, loops, and what is done with optional values.
 *
 * Which there are, and with how many arguments: github.com/google/cel-go parser/macro.go, ext/comprehensions.go,
 * ext/lists.go and cel/library.go.
 */
import { expansionOf } from './expansion.ts';
import { type Expr, type LoopExpr, type Macro, SyntaxProblem } from './expr.ts';

type Place = Pick<Expr, 'at' | 'start' | 'end'>;

/** Macros with one variable, by how many arguments they take. */
const ONE_VARIABLE: Readonly<Record<string, readonly [macro: Macro, counts: readonly number[]]>> = {
  all: ['all', [2]],
  exists: ['exists', [2]],
  exists_one: ['existsOne', [2]],
  filter: ['filter', [2]],
  map: ['map', [2, 3]],
  sortBy: ['sortBy', [2]],
  optMap: ['optMap', [2]],
  optFlatMap: ['optFlatMap', [2]],
};

const TWO_VARIABLES: Readonly<Record<string, readonly [macro: Macro, counts: readonly number[]]>> = {
  all: ['all', [3]],
  exists: ['exists', [3]],
  exists_one: ['existsOne', [3]],
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
export function macroOf(name: string, target: Expr | undefined, args: readonly Expr[], place: Place): Expr | undefined {
  if (target === undefined) return name === 'has' && args.length === 1 ? hasOf(args[0], place) : undefined;
  const one = Object.hasOwn(ONE_VARIABLE, name) ? ONE_VARIABLE[name] : undefined;
  if (one?.[1].includes(args.length)) return loop(one[0], target, args, 1, place);
  const two = Object.hasOwn(TWO_VARIABLES, name) ? TWO_VARIABLES[name] : undefined;
  return two?.[1].includes(args.length) ? loop(two[0], target, args, 2, place) : undefined;
}

function hasOf(operand: Expr | undefined, place: Place): Expr {
  if (operand?.kind !== 'select' || operand.isTest) {
    throw new SyntaxProblem(operand?.at ?? place.at, 'invalid argument to has() macro');
  }
  return { ...operand, ...place, isTest: true };
}

function loop(macro: Macro, range: Expr, args: readonly Expr[], count: number, place: Place): LoopExpr {
  const variables = args.slice(0, count).map((arg) => variableOf(macro, arg, count));
  const [first, second] = variables;
  if (first !== undefined && first === second) {
    throw new SyntaxProblem(args[1]?.at ?? place.at, `duplicate variable name: ${first}`);
  }
  const rest = args.slice(count);
  const body = rest.at(-1);
  if (body === undefined) throw new SyntaxProblem(place.at, `${macro} needs an expression`);
  const filter = rest.length > 1 ? rest[0] : undefined;
  const written = { kind: 'loop', ...place, macro, range, variables, filter, body } as const;
  return { ...written, expansion: expansionOf(written, args[0] ?? body) };
}

/** A name of the accumulator's would hide it. */
const ACCUMULATORS: ReadonlySet<string> = new Set(['__result__', '@result']);

function variableOf(macro: Macro, arg: Expr, count: number): string {
  if (arg.kind !== 'name') throw new SyntaxProblem(arg.at, noName(macro, count));
  if (ACCUMULATORS.has(arg.name) && macro !== 'optMap' && macro !== 'optFlatMap') {
    throw new SyntaxProblem(arg.at, 'iteration variable overwrites accumulator variable');
  }
  return arg.name;
}

function noName(macro: Macro, count: number): string {
  if (macro === 'optMap' || macro === 'optFlatMap') return `${macro}() variable name must be a simple identifier`;
  const isQuantifier = macro === 'all' || macro === 'exists' || macro === 'existsOne';
  return count === 1 && isQuantifier ? 'argument must be a simple name' : 'argument is not an identifier';
}
