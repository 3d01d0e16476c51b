/**
 * Makes a function of an expression of CESQL, to be asked for every event (cloudevents/sdk-go sql/v2/expression).
 *
 * An expression that fails still has a value, the zero of its operator's type, and the first failure with it.
 *
 * @example
 * const parsed = parseCesql("type LIKE 'order.%'");
 * if (parsed.ok) compileCesql(parsed.expression)(new Map([['type', 'order.placed']])); // { value: true }
 */
import type { Binary, Call, Expression, In, Like } from './ast.ts';
import { functionNamed } from './functions.ts';
import { likePattern } from './like.ts';
import { type Attributes, casted, castIn, type Run, type Step, typeOf } from './step.ts';
import { cast, type Failure, type Value, zeroOf } from './value.ts';
import { withinLiterals } from './withinLiterals.ts';

export type { Attributes } from './step.ts';

export interface Evaluation {
  readonly value: Value;
  readonly failure?: Failure;
}

export function compileCesql(expression: Expression): (attributes: Attributes) => Evaluation {
  const evaluate = compile(expression);
  return (attributes) => {
    const run: Run = { attributes, failure: undefined };
    const value = evaluate(run);
    return run.failure === undefined ? { value } : { value, failure: run.failure };
  };
}

function compile(expression: Expression): Step {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'attribute':
      return attribute(expression.name);
    case 'exists':
      return ({ attributes }) => attributes.has(expression.name);
    case 'not':
      return not(expression.operand);
    case 'negate':
      return negate(compile(expression.operand));
    case 'like':
      return like(expression);
    case 'in':
      return within(expression);
    case 'binary':
      return binary(expression);
    case 'call':
      return call(expression);
  }
}

function attribute(name: string): Step {
  const missing: Failure = { kind: 'missingAttribute', message: `the event has no attribute ${name}` };
  return (run) => {
    const value = run.attributes.get(name);
    if (value !== undefined) return value;
    run.failure = missing;
    return false;
  };
}

/** The specification's kit takes NOT of an integer for a failure, though BOOL takes one; sdk-go negates it. */
function not(operand: Expression): Step {
  const evaluate = compile(operand);
  return (run) => {
    const value = evaluate(run);
    if (run.failure !== undefined) return false;
    if (typeof value === 'boolean') return !value;
    if (typeof value === 'number') {
      run.failure = { kind: 'cast', message: `NOT takes a Boolean, and ${value} is an Integer` };
      return true;
    }
    const result = cast(value, 'boolean');
    run.failure = result.failure;
    return result.failure === undefined ? !result.value : false;
  };
}

function negate(operand: Step): Step {
  const number = casted(operand, 'number');
  return (run) => {
    const value = number(run);
    // whole, and never -0
    return run.failure === undefined ? -Number(value) | 0 : 0;
  };
}

function like({ operand, pattern }: Like): Step {
  const text = casted(compile(operand), 'string');
  const isLike = likePattern(pattern);
  return (run) => {
    const value = text(run);
    return run.failure === undefined && isLike(String(value));
  };
}

function within({ operand, set }: In): Step {
  const wanted = compile(operand);
  const literals = set.flatMap((each) => (each.kind === 'literal' ? [each.value] : []));
  if (literals.length === set.length) return withinLiterals(wanted, literals);
  const steps = set.map(compile);
  return (run) => {
    const value = wanted(run);
    if (run.failure !== undefined) return false;
    const type = typeOf(value);
    for (const step of steps) {
      const found = step(run);
      if (run.failure !== undefined) return false;
      const same = castIn(run, found, type);
      if (run.failure !== undefined) return false;
      if (same === value) return true;
    }
    return false;
  };
}

function binary({ operator, left, right }: Binary): Step {
  switch (operator) {
    case 'AND':
    case 'OR':
    case 'XOR':
      return logic(operator, casted(compile(left), 'boolean'), casted(compile(right), 'boolean'));
    case '=':
    case '!=':
      return equality(compile(left), compile(right), operator === '=');
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(compile(left), compile(right), COMPARISONS[operator]);
    case '+':
    case '-':
    case '*':
      return arithmetic(compile(left), compile(right), ARITHMETIC[operator]);
    case '/':
    case '%':
      return division(compile(left), compile(right), operator);
  }
}

function logic(operator: 'AND' | 'OR' | 'XOR', left: Step, right: Step): Step {
  return (run) => {
    const first = left(run);
    if (run.failure !== undefined) return false;
    if (operator === 'AND' && first === false) return false;
    if (operator === 'OR' && first === true) return true;
    const second = right(run);
    if (run.failure !== undefined) return false;
    return operator === 'XOR' ? first !== second : second;
  };
}

/** The left value becomes what the right one is. */
function equality(left: Step, right: Step, isEqual: boolean): Step {
  return (run) => {
    const first = left(run);
    if (run.failure !== undefined) return false;
    const second = right(run);
    if (run.failure !== undefined) return false;
    const same = castIn(run, first, typeOf(second));
    return run.failure === undefined && (same === second) === isEqual;
  };
}

const COMPARISONS = {
  '<': (first: number, second: number) => first < second,
  '<=': (first: number, second: number) => first <= second,
  '>': (first: number, second: number) => first > second,
  '>=': (first: number, second: number) => first >= second,
} as const;

function comparison(left: Step, right: Step, isTrue: (first: number, second: number) => boolean): Step {
  return ofIntegers(left, right, false, isTrue);
}

/** In 32 bits: what does not fit goes around, as in Go. */
const ARITHMETIC = {
  '+': (first: number, second: number) => (first + second) | 0,
  '-': (first: number, second: number) => (first - second) | 0,
  '*': Math.imul,
} as const;

function arithmetic(left: Step, right: Step, compute: (first: number, second: number) => number): Step {
  return ofIntegers(left, right, 0, compute);
}

function division(left: Step, right: Step, operator: '/' | '%'): Step {
  return ofIntegers(left, right, 0, (first, second, run) => {
    if (second !== 0) return (operator === '/' ? first / second : first % second) | 0;
    run.failure = { kind: 'math', message: `${first} ${operator} 0 has no result` };
    return 0;
  });
}

/** Both are evaluated before one of them is cast: a missing attribute on the right counts before a text on the left. */
function ofIntegers(
  left: Step,
  right: Step,
  zero: Value,
  compute: (first: number, second: number, run: Run) => Value,
): Step {
  return (run) => {
    const written = left(run);
    if (run.failure !== undefined) return zero;
    const other = right(run);
    if (run.failure !== undefined) return zero;
    const first = castIn(run, written, 'number');
    if (run.failure !== undefined) return zero;
    const second = castIn(run, other, 'number');
    return run.failure === undefined ? compute(Number(first), Number(second), run) : zero;
  };
}

function call({ name, arguments: given }: Call): Step {
  const found = functionNamed(name, given.length);
  if (found === undefined) {
    const missing: Failure = {
      kind: 'missingFunction',
      message: `there is no function ${name} of ${given.length} ${given.length === 1 ? 'argument' : 'arguments'}`,
    };
    return (run) => {
      run.failure = missing;
      return false;
    };
  }
  const steps = given.map((argument, index) => {
    const type = found.takes[index] ?? found.more ?? 'any';
    const step = compile(argument);
    return type === 'any' ? step : casted(step, type);
  });
  const zero = zeroOf(found.gives);
  const [only] = steps;
  if (found.isCast === true && only !== undefined) {
    return (run) => {
      const value = only(run);
      return run.failure === undefined ? castIn(run, value, found.gives) : zero;
    };
  }
  return (run) => {
    const values: Value[] = [];
    for (const step of steps) {
      values.push(step(run));
      if (run.failure !== undefined) return zero;
    }
    const { value, failure } = found.call(values);
    run.failure = failure;
    return value;
  };
}
