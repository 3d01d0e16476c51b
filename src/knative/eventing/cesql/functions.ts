/** The functions that CESQL brings along (cloudevents/sdk-go sql/v2/function). */
import { bytesOf, textOf } from './bytes.ts';
import { cast, type Failure, INTEGER_MAX, INTEGER_MIN, type Value, type ValueType } from './value.ts';

/** A result may come with a failure, and stands all the same. */
export interface Result {
  readonly value: Value;
  readonly failure?: Failure;
}

export interface CesqlFunction {
  /** What each argument is cast to; `any` takes it as it is. */
  readonly takes: readonly (ValueType | 'any')[];
  /** What any more arguments are cast to; without it there are none. */
  readonly more?: ValueType;
  readonly gives: ValueType;
  /** It is its one argument as the type that it gives, and nothing else. */
  readonly isCast?: true;
  /** Called with arguments of the types that it takes. */
  readonly call: (given: readonly Value[]) => Result;
}

/** The function of that name with as many arguments. */
export function functionNamed(name: string, count: number): CesqlFunction | undefined {
  return FUNCTIONS.get(name)?.find(({ takes, more }) =>
    more === undefined ? takes.length === count : takes.length <= count,
  );
}

const FUNCTIONS: ReadonlyMap<string, readonly CesqlFunction[]> = new Map<string, readonly CesqlFunction[]>([
  ['INT', [conversion('number')]],
  ['BOOL', [conversion('boolean')]],
  ['STRING', [conversion('string')]],
  ['IS_INT', [{ takes: ['any'], gives: 'boolean', call: ([value = 0]) => canBe(value, 'number') }]],
  ['IS_BOOL', [{ takes: ['any'], gives: 'boolean', call: ([value = false]) => canBe(value, 'boolean') }]],
  ['ABS', [{ takes: ['number'], gives: 'number', call: ([value]) => absolute(Number(value)) }]],
  ['LENGTH', [ofText('number', (text) => ({ value: bytesOf(text).length }))]],
  ['CONCAT', [{ takes: [], more: 'string', gives: 'string', call: (texts) => ({ value: texts.join('') }) }]],
  [
    'CONCAT_WS',
    [
      {
        takes: ['string'],
        more: 'string',
        gives: 'string',
        call: ([separator, ...texts]) => ({ value: texts.join(String(separator)) }),
      },
    ],
  ],
  ['LOWER', [ofText('string', (text) => ({ value: eachLetter(text, (letter) => letter.toLowerCase()) }))]],
  ['UPPER', [ofText('string', (text) => ({ value: eachLetter(text, (letter) => letter.toUpperCase()) }))]],
  ['TRIM', [ofText('string', (text) => ({ value: text.replace(SPACE_AROUND, '') }))]],
  ['LEFT', [ofTextAndNumber((text, count) => side(text, count, 'LEFT'))]],
  ['RIGHT', [ofTextAndNumber((text, count) => side(text, count, 'RIGHT'))]],
  [
    'SUBSTRING',
    [
      ofTextAndNumber((text, from) => part(text, from, undefined)),
      {
        takes: ['string', 'number', 'number'],
        gives: 'string',
        call: ([text, from, length]) => part(String(text), Number(from), Number(length)),
      },
    ],
  ],
]);

/** Go's strings.TrimSpace. */
const SPACE_AROUND = /^\p{White_Space}+|\p{White_Space}+$/gu;

function conversion(gives: ValueType): CesqlFunction {
  return { takes: ['any'], gives, isCast: true, call: ([value = '']) => cast(value, gives) };
}

function ofText(gives: ValueType, call: (text: string) => Result): CesqlFunction {
  return { takes: ['string'], gives, call: ([text]) => call(String(text)) };
}

function ofTextAndNumber(call: (text: string, number: number) => Result): CesqlFunction {
  return { takes: ['string', 'number'], gives: 'string', call: ([text, number]) => call(String(text), Number(number)) };
}

function canBe(value: Value, type: ValueType): Result {
  return { value: cast(value, type).failure === undefined };
}

function absolute(value: number): Result {
  if (value !== INTEGER_MIN) return { value: Math.abs(value) };
  return { value: INTEGER_MAX, failure: { kind: 'math', message: `the absolute value of ${value} is no Integer` } };
}

/** Letter by letter, as Go does it: a letter that would become two stays, so that `ß` has no capital. */
function eachLetter(text: string, change: (letter: string) => string): string {
  let result = '';
  for (const letter of text) {
    const changed = change(letter);
    result += changed.length === letter.length ? changed : letter;
  }
  return result;
}

function side(text: string, count: number, name: 'LEFT' | 'RIGHT'): Result {
  const bytes = bytesOf(text);
  if (count > bytes.length) return { value: text };
  if (count < 0) return { value: text, failure: outside(`${name} is asked for ${count} characters`) };
  return { value: textOf(name === 'LEFT' ? bytes.slice(0, count) : bytes.slice(bytes.length - count)) };
}

/** @param from counted from 1, or from the end where it is below zero */
function part(text: string, from: number, length: number | undefined): Result {
  if (from === 0) return { value: '' };
  const bytes = bytesOf(text);
  if (Math.abs(from) > bytes.length) {
    return { value: '', failure: outside(`SUBSTRING begins at ${from} in a text of ${bytes.length} characters`) };
  }
  const begin = from < 0 ? bytes.length + from : from - 1;
  if (length === undefined) return { value: textOf(bytes.slice(begin)) };
  if (length < 0) return { value: '', failure: outside(`SUBSTRING is asked for ${length} characters`) };
  return { value: textOf(bytes.slice(begin, begin + length)) };
}

function outside(message: string): Failure {
  return { kind: 'functionEvaluation', message };
}
