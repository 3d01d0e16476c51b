/** From one type to another: `int("5")`, `string(value)`, `timestamp("…")`. */
import { TEXT_FACTOR } from '../evaluate/meter.ts';
import { EvaluationFailure, noSuchOverload } from '../values/failure.ts';
import {
  formatDuration,
  formatTimestamp,
  isMoment,
  parseDuration,
  parseRfc3339,
  wholeSeconds,
} from '../values/time.ts';
import { type CelValue, Duration, Timestamp, TypeValue, Uint } from '../values/value.ts';
import { anyArg } from './arguments.ts';
import type { CelFunction } from './function.ts';
import { checkedInt, checkedUint } from './operators.ts';

const SECOND = 1_000_000_000n;

function notConverted(from: string, to: string): EvaluationFailure {
  return new EvaluationFailure(`type conversion error from '${from}' to '${to}'`);
}

/** A number of more digits is none of 64 bits, and would take long to read. */
const MOST_DIGITS = 20;

function readWhole(text: string, grammar: RegExp, to: string): bigint {
  const digits = grammar.exec(text)?.[2];
  if (digits === undefined || digits.length > MOST_DIGITS) throw notConverted('string', to);
  return BigInt(text.startsWith('-') ? `-${digits}` : digits);
}

function toInt(value: CelValue): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return checkedInt(value.value);
  if (typeof value === 'number') {
    if (!(value > -(2 ** 63) && value < 2 ** 63)) throw new EvaluationFailure('integer overflow');
    return BigInt(Math.trunc(value));
  }
  if (value instanceof Timestamp) return wholeSeconds(value.nanos);
  if (value instanceof Duration) return value.nanos;
  if (typeof value !== 'string') throw noSuchOverload();
  const size = readWhole(value, /^([+-]?)0*([0-9]+)$/, 'int');
  if (BigInt.asIntN(64, size) !== size) throw notConverted('string', 'int');
  return size;
}

function toUint(value: CelValue): Uint {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return checkedUint(value);
  if (typeof value === 'number') {
    if (!(value >= 0 && value < 2 ** 64)) throw new EvaluationFailure('unsigned integer overflow');
    return new Uint(BigInt(Math.trunc(value)));
  }
  if (typeof value !== 'string') throw noSuchOverload();
  const size = readWhole(value, /^()0*([0-9]+)$/, 'uint');
  if (BigInt.asUintN(64, size) !== size) throw notConverted('string', 'uint');
  return new Uint(size);
}

const DECIMAL = /^[+-]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]{1,6})$/;
const LOOSE_UNDERSCORE = /(?<![0-9])_|_(?![0-9])/;

function toDouble(value: CelValue): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== 'string') throw noSuchOverload();
  const number = readDouble(value);
  if (number === undefined) throw notConverted('string', 'double');
  return number;
}

/** As Go's strconv.ParseFloat. */
function readDouble(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  let number: number | undefined;
  if (DECIMAL.test(text) && !LOOSE_UNDERSCORE.test(text)) number = Number(text.replaceAll('_', ''));
  const [, sign, whole = '', fraction = '', power] = HEXADECIMAL.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  if (power !== undefined && digits !== '' && digits.length <= MOST_DIGITS) {
    const size = Number(`0x${digits}`) * 2 ** (Number(power) - 4 * fraction.length);
    number = sign === '-' ? -size : size;
  }
  return number === undefined || !Number.isFinite(number) ? undefined : number;
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
  if (Object.is(value, -0)) return '-0';
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
  throw notConverted('string', 'bool');
}

function toBytes(value: CelValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') throw noSuchOverload();
  return new TextEncoder().encode(value);
}

function toTimestamp(value: CelValue): Timestamp {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') {
    if (!isMoment(value * SECOND)) throw new EvaluationFailure('timestamp overflow');
    return new Timestamp(value * SECOND);
  }
  if (typeof value !== 'string') throw noSuchOverload();
  const parsed = parseRfc3339(value);
  if (parsed === undefined) throw notConverted('string', 'google.protobuf.Timestamp');
  return parsed;
}

function toDuration(value: CelValue): Duration {
  if (value instanceof Duration) return value;
  if (typeof value === 'bigint') throw notConverted('int', 'google.protobuf.Duration');
  if (typeof value !== 'string') throw noSuchOverload();
  const parsed = parseDuration(value);
  if (parsed === undefined) throw notConverted('string', 'google.protobuf.Duration');
  return parsed;
}

/** A text is gone through. */
function conversion(name: string, from: readonly string[], run: (value: CelValue) => CelValue, to = name): CelFunction {
  return {
    name,
    signatures: from.map((type) => `${name}(${type}): ${to}`),
    run: (args, meter) => {
      const value = anyArg(args, 0);
      if (typeof value === 'string' || value instanceof Uint8Array) meter.charge(value.length * TEXT_FACTOR);
      return run(value);
    },
  };
}

export const CONVERSIONS: readonly CelFunction[] = [
  conversion('int', ['int', 'uint', 'double', 'string', 'timestamp', 'duration'], toInt),
  conversion('uint', ['uint', 'int', 'double', 'string'], toUint),
  conversion('double', ['double', 'int', 'uint', 'string'], toDouble),
  conversion('string', ['string', 'int', 'uint', 'double', 'bool', 'bytes', 'timestamp', 'duration'], toText),
  conversion('bool', ['bool', 'string'], toBool),
  conversion('bytes', ['bytes', 'string'], toBytes),
  conversion('timestamp', ['timestamp', 'string', 'int'], toTimestamp),
  conversion('duration', ['duration', 'string', 'int'], toDuration),
];
