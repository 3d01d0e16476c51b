/** What an expression of CESQL is made of once it is compiled: steps, each of which gives a value in one evaluation. */
import { cast, type Failure, smallInteger, type Value, type ValueType } from './value.ts';

/** Those that the event has, by their names in lower case: texts, or what a structured event gives as another type. */
export type Attributes = ReadonlyMap<string, Value>;

/** One evaluation. Whoever sees a failure in it gives its own zero and goes no further. */
export interface Run {
  readonly attributes: Attributes;
  failure: Failure | undefined;
}

export type Step = (run: Run) => Value;

/** The operand as the type; what it gives where there is a failure is not to be used. */
export function casted(operand: Step, type: ValueType): Step {
  return (run) => {
    const value = operand(run);
    return run.failure === undefined ? castIn(run, value, type) : value;
  };
}

/** The value as the type; it stands though it is none, and then the failure does beside it. */
export function castIn(run: Run, value: Value, type: ValueType): Value {
  // the commonest two come to nothing that is thrown away again
  if (typeof value === type) return value;
  const whole = type === 'number' && typeof value === 'string' ? smallInteger(value) : undefined;
  if (whole !== undefined) return whole;
  const result = cast(value, type);
  run.failure = result.failure;
  return result.value;
}

export function typeOf(value: Value): ValueType {
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' ? 'number' : 'boolean';
}
