/** Which of a function's overloads a call fits (resolveOverload in github.com/google/cel-go checker/checker.go). */
import type { FunctionTable } from '../functions/function.ts';
import type { Overload } from '../functions/signatures.ts';
import { CORE_OVERLOADS } from './core.ts';
import { DYN, isDyn, isSameType, type Type, typeOf } from './types.ts';
import type { Substitutions } from './unify.ts';

export interface Fitting {
  /** What the call gives: of several overloads that fit, anything. */
  readonly type: Type;
  readonly overloads: readonly Overload[];
}

/** Undefined where none fits. What its arguments turn out to be is known to the substitutions then. */
export function fittingOverloads(
  overloads: readonly Overload[],
  types: readonly Type[],
  isMethod: boolean,
  substitutions: Substitutions,
): Fitting | undefined {
  let result: Type | undefined;
  const fitting: Overload[] = [];
  for (const overload of overloads) {
    if (overload.isMethod !== isMethod || overload.args.length !== types.length) continue;
    const letters = new Map<string, Type>();
    const wanted = overload.args.map((arg) => substitutions.instance(typeOf(arg), letters));
    const given = substitutions.instance(typeOf(overload.result), letters);
    if (!substitutions.areAssignable(types, wanted)) continue;
    fitting.push(overload);
    const type = substitutions.resolved(given, false);
    if (result === undefined) result = type;
    else if (!isDyn(result) && !isSameType(result, type)) result = DYN;
  }
  return result === undefined ? undefined : { type: result, overloads: fitting };
}

const nameSets = new WeakMap<FunctionTable, ReadonlySet<string>>();

/** The names of all that can be called, the language's own among them. */
export function callableNames(functions: FunctionTable): ReadonlySet<string> {
  const known = nameSets.get(functions);
  if (known !== undefined) return known;
  const names = new Set([...CORE_OVERLOADS.keys(), ...[...functions.values()].map(({ name }) => name)]);
  nameSets.set(functions, names);
  return names;
}
