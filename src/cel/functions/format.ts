/** `"%s has %d".format([name, count])` (github.com/google/cel-go ext/formatting.go, in English). */
import { quote } from '../../text/goQuote.ts';
import { fixedDecimal, withCommas } from '../values/decimal.ts';
import { EvaluationFailure } from '../values/failure.ts';
import {
  type CelList,
  type CelMap,
  type CelValue,
  Duration,
  isList,
  isMap,
  itemsOf,
  Timestamp,
  TypeValue,
  typeNameOf,
  Uint,
} from '../values/value.ts';
import { toText } from './conversions.ts';
import { type Clause, formatPieces, wrongValue } from './formatText.ts';

/** @throws EvaluationFailure where the values do not fit the text */
export function formatText(text: string, values: readonly CelValue[]): string {
  let next = 0;
  let result = '';
  for (const piece of formatPieces(text)) {
    if (piece.kind === 'text') {
      result += piece.text;
      continue;
    }
    const value = values[next];
    if (value === undefined) throw new EvaluationFailure(`index ${next} out of range`);
    if (piece.kind === 'problem') throw new EvaluationFailure(piece.message);
    result += formatValue(piece.clause, value, piece.precision ?? PRECISION);
    next++;
  }
  return result;
}

const PRECISION = 6;
/** Digits behind the point; Go has no such bound, and writes as many as it is told to. */
const MOST_DIGITS = 1000;

const WRITERS: Readonly<Record<Clause, (value: CelValue, precision: number) => string | undefined>> = {
  s: shown,
  d: decimal,
  f: fixed,
  e: exponential,
  b: (value) => (typeof value === 'boolean' ? String(Number(value)) : wholeOf(value)?.toString(2)),
  o: (value) => wholeOf(value)?.toString(8),
  x: hexOf,
  X: (value) => hexOf(value)?.toUpperCase(),
};

function formatValue(clause: Clause, value: CelValue, precision: number): string {
  if (precision > MOST_DIGITS) throw new EvaluationFailure(`a precision of ${precision} is above ${MOST_DIGITS}`);
  const text = WRITERS[clause](value, precision);
  if (text === undefined) throw new EvaluationFailure(wrongValue(clause, typeNameOf(value)));
  return text;
}

function wholeOf(value: CelValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof Uint ? value.value : undefined;
}

function decimal(value: CelValue): string | undefined {
  return wholeOf(value)?.toString();
}

const SPECIAL: Readonly<Record<string, number | undefined>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function doubleOf(value: CelValue): number | undefined {
  if (typeof value === 'string') return Object.hasOwn(SPECIAL, value) ? SPECIAL[value] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** What is no number is written without digits. */
function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '∞' : '-∞';
}

function fixed(value: CelValue, precision: number): string | undefined {
  const number = doubleOf(value);
  if (number === undefined) return undefined;
  return special(number) ?? withCommas(fixedDecimal(number, precision));
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.234500×10⁰³`: cel-go takes the precision for the width. */
function exponential(value: CelValue, width: number): string | undefined {
  const number = doubleOf(value);
  if (number === undefined) return undefined;
  return (special(number) ?? raised(number)).padStart(width);
}

function raised(number: number): string {
  const [digits = '', exponent = ''] = number.toExponential(PRECISION).split('e');
  const size = exponent.replace(/^[+-]/, '').padStart(2, '0');
  const power = size.replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '');
  return `${Object.is(number, -0) ? '-' : ''}${digits}×10${exponent.startsWith('-') ? '⁻' : ''}${power}`;
}

function hexOf(value: CelValue): string | undefined {
  if (typeof value === 'string' || value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return wholeOf(value)?.toString(16);
}

/** As `%s` shows a value; undefined where it has no text. */
function shown(value: CelValue): string | undefined {
  if (value === null) return 'null';
  if (isList(value)) return shownList(value);
  if (isMap(value)) return shownMap(value);
  if (value instanceof Uint8Array) return textOfBytes(value);
  return hasText(value) ? toText(value) : undefined;
}

function hasText(value: CelValue): boolean {
  if (typeof value !== 'object') return true;
  return value instanceof Uint || value instanceof Timestamp || value instanceof Duration || value instanceof TypeValue;
}

function textOfBytes(value: Uint8Array): string {
  try {
    return toText(value);
  } catch {
    const reason = 'could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string';
    throw new EvaluationFailure(`error during formatting: ${reason}`);
  }
}

/** Inside of lists and maps values are written as expressions would have them. */
function shownInside(value: CelValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return Number.isFinite(value) ? fixedDecimal(value, PRECISION) : `"${goName(value)}"`;
  if (value instanceof Timestamp) return `timestamp("${toText(value)}")`;
  if (value instanceof Duration) return `duration("${toText(value)}")`;
  if (value instanceof Uint8Array) return `b${quote(textOfBytes(value))}`;
  const text = shown(value);
  if (text === undefined) {
    throw new EvaluationFailure(`error during formatting: no formatting function for ${typeNameOf(value)}`);
  }
  return text;
}

function goName(value: number): string {
  return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`;
}

function shownList(list: CelList): string {
  return `[${itemsOf(list).map(shownInside).join(', ')}]`;
}

function shownMap(map: CelMap): string {
  const entries = map.keys().map((key): [string, string] => [shownInside(key), shownInside(map.get(key) ?? null)]);
  entries.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  return `{${entries.map(([key, member]) => `${key}:${member}`).join(', ')}}`;
}
