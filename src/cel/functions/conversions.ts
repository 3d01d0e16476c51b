/** From one type to another: `int("5")`, `string(value)`, `timestamp("…")`. */
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp } from '../values/time.ts';
import { type CelValue, Duration, Timestamp, TypeValue, Uint } from '../values/value.ts';
import { anyArg } from './arguments.ts';
import type { CelFunction } from './function.ts';
import { checkedInt, checkedUint } from './operators.ts';

const SECOND = 1_000_000_000n;

function toInt(value: CelValue): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return checkedInt(value.value);
  if (typeof value === 'number') return checkedInt(wholePart(value));
  if (value instanceof Timestamp) return value.nanos / SECOND;
  if (typeof value !== 'string') throw noSuchOverload();
  if (!/^[+-]?[0-9]+$/.test(value)) throw new EvaluationFailure(`cannot convert ${JSON.stringify(value)} to int`);
  return checkedInt(BigInt(value));
}

function toUint(value: CelValue): Uint {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return checkedUint(value);
  if (typeof value === 'number') return checkedUint(wholePart(value));
  if (typeof value !== 'string') throw noSuchOverload();
  if (!/^[0-9]+$/.test(value)) throw new EvaluationFailure(`cannot convert ${JSON.stringify(value)} to uint`);
  return checkedUint(BigInt(value));
}

function wholePart(value: number): bigint {
  if (!Number.isFinite(value)) throw new EvaluationFailure('integer overflow');
  return BigInt(Math.trunc(value));
}

function toDouble(value: CelValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== 'string') throw noSuchOverload();
  const number = Number(value);
  if (value.trim() === '' || Number.isNaN(number)) {
    throw new EvaluationFailure(`cannot convert ${JSON.stringify(value)} to double`);
  }
  return number;
}

/** @throws EvaluationFailure where a value of that type has no text */
export function toText(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return formatDouble(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (!(value instanceof Uint8Array)) throw noSuchOverload();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    throw new EvaluationFailure('invalid UTF-8 in bytes, cannot convert to string');
  }
}

/** From this exponent on Go writes a number with one. */
const FIRST_EXPONENT = 6;

/** As Go's strconv.FormatFloat(value, 'g', -1, 64). */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const size = Number(exponent);
  if (size >= -4 && size < FIRST_EXPONENT) return plain(value);
  return `${digits}e${size < 0 ? '-' : '+'}${String(Math.abs(size)).padStart(2, '0')}`;
}

/** JavaScript writes small numbers with an exponent earlier than Go does. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

function toBool(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') throw noSuchOverload();
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw new EvaluationFailure(`cannot convert ${JSON.stringify(value)} to bool`);
}

function toBytes(value: CelValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') throw noSuchOverload();
  return new TextEncoder().encode(value);
}

function toTimestamp(value: CelValue): Timestamp {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return new Timestamp(value * SECOND);
  if (typeof value !== 'string') throw noSuchOverload();
  const parsed = parseTimestamp(value);
  if (parsed === undefined) throw new EvaluationFailure(`parsing time ${JSON.stringify(value)}: no RFC 3339 timestamp`);
  return parsed;
}

function toDuration(value: CelValue): Duration {
  if (value instanceof Duration) return value;
  if (typeof value === 'bigint') return new Duration(value);
  if (typeof value !== 'string') throw noSuchOverload();
  const parsed = parseDuration(value);
  if (parsed === undefined) throw new EvaluationFailure(`time: invalid duration ${JSON.stringify(value)}`);
  return parsed;
}

function conversion(name: string, from: readonly string[], run: (value: CelValue) => CelValue, to = name): CelFunction {
  return { name, signatures: from.map((type) => `${name}(${type}): ${to}`), run: (args) => run(anyArg(args, 0)) };
}

export const CONVERSIONS: readonly CelFunction[] = [
  conversion('int', ['int', 'uint', 'double', 'string', 'timestamp'], toInt),
  conversion('uint', ['uint', 'int', 'double', 'string'], toUint),
  conversion('double', ['double', 'int', 'uint', 'string'], toDouble),
  conversion('string', ['string', 'int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'duration'], toText),
  conversion('bool', ['bool', 'string'], toBool),
  conversion('bytes', ['bytes', 'string'], toBytes),
  conversion('timestamp', ['timestamp', 'string', 'int'], toTimestamp),
  conversion('duration', ['duration', 'string', 'int'], toDuration),
];
