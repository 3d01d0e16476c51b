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
  if (text === undefined)
    throw new EvaluationFailure(`error during formatting: %${clause} takes no ${typeNameOf(value)}`);
  return text;
}

function isNumber(value: CelValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function exponential(value: number, precision: number): string {
  return value.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
}

function hexOf(value: CelValue): string | undefined {
  if (typeof value === 'bigint') return value.toString(16);
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}

/** As `%s` shows a value: texts without quotes, and what they stand in as JSON has it. */
function shown(value: CelValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : infinite(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (isList(value)) return `[${itemsOf(value).map(shown).join(', ')}]`;
  if (isMap(value)) {
    const entries = value.keys().map((key): [string, string] => [shown(key), shown(value.get(key) ?? null)]);
    entries.sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, member]) => `${key}: ${member}`).join(', ')}}`;
  }
  throw new EvaluationFailure(`error during formatting: no such text for ${typeNameOf(value)}`);
}

function infinite(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
