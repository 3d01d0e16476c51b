import { type Step, typeOf } from './step.ts';
import { cast, type Failure, type Value, type ValueType } from './value.ts';

/** `IN` literals alone: what they are as each type is known before any event comes. */
export function withinLiterals(wanted: Step, literals: readonly Value[]): Step {
  const sets = {
    string: setOf(literals, 'string'),
    number: setOf(literals, 'number'),
    boolean: setOf(literals, 'boolean'),
  };
  return (run) => {
    const value = wanted(run);
    if (run.failure !== undefined) return false;
    const { values, failure } = sets[typeOf(value)];
    if (values.has(value)) return true;
    run.failure = failure;
    return false;
  };
}

/** Those up to the first that cannot be the type, which is a failure for whoever is none of them. */
function setOf(
  literals: readonly Value[],
  type: ValueType,
): { readonly values: ReadonlySet<Value>; readonly failure: Failure | undefined } {
  const values = new Set<Value>();
  for (const literal of literals) {
    const { value, failure } = cast(literal, type);
    if (failure !== undefined) return { values, failure };
    values.add(value);
  }
  return { values, failure: undefined };
}
