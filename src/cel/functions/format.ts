/** `"%s has %d".format([name, count])` (github.com/google/cel-go ext/formatting.go). */
import { EvaluationFailure } from '../values/failure.ts';
import { formatDuration, formatTimestamp } from '../values/time.ts';
import {
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
import { formatDouble } from './conversions.ts';

const CLAUSE = /%(?:\.(\d+))?(.?)/gs;

/** @throws EvaluationFailure where the values do not fit the text */
export function formatText(text: string, values: readonly CelValue[]): string {
  let next = 0;
  return text.replaceAll(CLAUSE, (_, precision: string | undefined, clause: string) => {
    if (clause === '%') return '%';
    const value = values[next];
    if (value === undefined) throw new EvaluationFailure(`index ${next} out of range`);
    next++;
    return formatValue(clause, value, precision === undefined ? undefined : Number(precision));
  });
}

const WRITERS: Readonly<Record<string, (value: CelValue, precision: number) => string | undefined>> = {
  s: shown,
  d: (value) => {
    if (value instanceof Uint) return String(value.value);
    return typeof value === 'bigint' ? String(value) : undefined;
  },
  f: (value, precision) => (isNumber(value) ? Number(value).toFixed(precision) : undefined),
  e: (value, precision) => (isNumber(value) ? exponential(Number(value), precision) : undefined),
  b: (value) => (typeof value === 'bigint' || typeof value === 'boolean' ? BigInt(value).toString(2) : undefined),
  o: (value) => (typeof value === 'bigint' ? value.toString(8) : undefined),
  x: hexOf,
  X: (value) => hexOf(value)?.toUpperCase(),
};

const PRECISION = 6;

function formatValue(clause: string, value: CelValue, precision = PRECISION): string {
  const write = Object.hasOwn(WRITERS, clause) ? WRITERS[clause] : undefined;
  if (write === undefined) {
    throw new EvaluationFailure(`could not parse formatting clause: unrecognized formatting clause "${clause}"`);
  }
  const text = write(value, precision);
  if (text === undefined) throw wrongClause(clause, value);
  return text;
}

function isNumber(value: CelValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.23×10⁰³`: as cel-go writes it. */
function exponential(value: number, precision: number): string {
  const [digits = '', exponent = ''] = value.toExponential(precision).split('e');
  const size = exponent.replace(/^[+-]/, '').padStart(2, '0');
  const raised = size.replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '');
  return `${digits}×10${exponent.startsWith('-') ? '⁻' : ''}${raised}`;
}

const CLAUSES: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'binary clause can only be used on integers and bools',
  o: 'octal clause can only be used on integers',
  x: 'hex clause can only be used on integers, byte buffers, and strings',
  X: 'hex clause can only be used on integers, byte buffers, and strings',
};

function wrongClause(clause: string, value: CelValue): EvaluationFailure {
  return new EvaluationFailure(`error during formatting: ${CLAUSES[clause]}, was given ${typeNameOf(value)}`);
}

function hexOf(value: CelValue): string | undefined {
  if (typeof value === 'bigint') return value.toString(16);
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}

/** As `%s` shows a value; undefined where it has no text. */
function shown(value: CelValue): string | undefined {
  return typeof value === 'string' ? value : shownInside(value);
}

/** Inside of lists and maps texts stand in quotes. */
function shownInside(value: CelValue): string | undefined {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? formatDouble(value) : infinite(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (isList(value)) return `[${itemsOf(value).map(needed).join(', ')}]`;
  if (!isMap(value)) return undefined;
  const entries = value.keys().map((key): [string, string] => [needed(key), needed(value.get(key) ?? null)]);
  entries.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, member]) => `${key}:${member}`).join(', ')}}`;
}

function needed(value: CelValue): string {
  const text = shownInside(value);
  if (text === undefined) throw wrongClause('s', value);
  return text;
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
