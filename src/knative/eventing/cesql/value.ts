/** What an expression of CESQL comes to, and how one type becomes another (cloudevents/sdk-go sql/v2/utils/casting.go). */

/** A text, a signed 32-bit integer, or a truth value. */
export type Value = string | number | boolean;

export type ValueType = 'string' | 'number' | 'boolean';

/** In the words of the specification's conformance kit. */
export type FailureKind = 'math' | 'cast' | 'missingAttribute' | 'missingFunction' | 'functionEvaluation';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

/** What an operator or a function that failed is taken for. */
export function zeroOf(type: ValueType): Value {
  if (type === 'string') return '';
  return type === 'number' ? 0 : false;
}

export const INTEGER_MAX = 2 ** 31 - 1;
export const INTEGER_MIN = -(2 ** 31);
const INTEGER = /^[+-]?\d+$/;

/** Names of the types as the specification has them. */
const NAMES = { string: 'String', number: 'Integer', boolean: 'Boolean' } as const;

/**
 * The value as the type, or why it is none. A text that is too large for an integer comes with the integer nearest to
 * it, as Go's strconv.ParseInt leaves it.
 */
export function cast(value: Value, type: ValueType): { readonly value: Value; readonly failure?: Failure } {
  if (typeof value === type) return { value };
  if (type === 'string') return { value: String(value) };
  if (type === 'number') return typeof value === 'boolean' ? { value: value ? 1 : 0 } : integerOf(String(value));
  if (typeof value === 'number') return { value: value !== 0 };
  const lower = String(value).toLowerCase();
  if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
  return { value: false, failure: noSuch(value, type) };
}

function integerOf(text: string): { readonly value: number; readonly failure?: Failure } {
  if (!INTEGER.test(text)) return { value: 0, failure: noSuch(text, 'number') };
  const value = Number(text) + 0;
  if (value > INTEGER_MAX) return { value: INTEGER_MAX, failure: noSuch(text, 'number') };
  if (value < INTEGER_MIN) return { value: INTEGER_MIN, failure: noSuch(text, 'number') };
  return { value };
}

/** The integer of a text of up to nine digits, as most are; undefined for any other text, which may be one as well. */
export function smallInteger(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 9) return undefined;
  let value = 0;
  for (let at = 0; at < length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

const ZERO = '0'.charCodeAt(0);

const LONGEST = 60;

function noSuch(value: Value, type: ValueType): Failure {
  const text = String(value);
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return { kind: 'cast', message: `"${shown}" is no ${NAMES[type]}` };
}
