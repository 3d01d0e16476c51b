/**
 * What a plain scalar means to Kubernetes: the rules of go-yaml v2, which sigs.k8s.io/yaml uses
 * (go.yaml.in/yaml/v2 resolve.go). They are neither YAML 1.1 nor 1.2: `y` and `on` are booleans, `014` is 12,
 * `0o14` too, `1_000` is 1000, `12:30:45` and dates are strings.
 */

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...words(true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']),
  ...words(false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']),
  ...words(null, ['~', 'null', 'Null', 'NULL']),
]);
const LONGEST_WORD = 5;

const SPECIAL_FLOATS: ReadonlyMap<string, number> = new Map<string, number>([
  ...words(Number.NaN, ['.nan', '.NaN', '.NAN']),
  ...words(Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']),
  ...words(Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']),
]);

function words<T>(value: T, names: readonly string[]): [string, T][] {
  return names.map((name) => [name, value]);
}

const STRING = 0;
const WORD = 1;
const NUMBER = 2;
const DOT = 3;

/** By first character: whether a scalar may be anything but a string. */
const HINTS = new Uint8Array(128);
for (const char of 'yYnNtTfFoO~') HINTS[char.charCodeAt(0)] = WORD;
for (const char of '0123456789+-') HINTS[char.charCodeAt(0)] = NUMBER;
HINTS['.'.charCodeAt(0)] = DOT;

/** An integer keeps its digits (a key shows them all), a float is a number. */
export type Scalar = string | boolean | null | bigint | number;

/**
 * The JSON value of a plain scalar. Integers of more than 53 bits become the nearest double, as with every JSON reader
 * in JavaScript. NaN and the infinities come out as such: the caller refuses them.
 */
export function plainValue(source: string): string | boolean | null | number {
  if (source === '') return null;
  const first = source.charCodeAt(0);
  if (first > 127 || HINTS[first] === STRING) return source;

  const value = smallInteger(source) ?? plainScalar(source);
  return typeof value === 'bigint' ? Number(value) : value;
}

/** What go-yaml resolves a plain scalar to; integers as bigint, floats as number. */
export function plainScalar(source: string): Scalar {
  if (source === '') return null;
  const hint = HINTS[source.charCodeAt(0)];
  if (hint === undefined || hint === STRING) return source;

  const isShort = source.length <= LONGEST_WORD;
  if (hint === WORD) {
    const word = isShort ? WORDS.get(source) : undefined;
    return word === undefined ? source : word;
  }
  const special = isShort ? SPECIAL_FLOATS.get(source) : undefined;
  if (special !== undefined) return special;
  if (hint === NUMBER) return goNumber(source) ?? source;
  return goFloat(DIGITS_IN_GROUPS.test(source) ? source.replaceAll('_', '') : source) ?? source;
}

/** After a point go-yaml leaves underscores to strconv.ParseFloat, which takes them between digits only. */
const DIGITS_IN_GROUPS = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;

/** The many integers that need no care: up to 15 decimal digits without a leading zero. */
function smallInteger(source: string): number | undefined {
  const length = source.length;
  if (length > 15) return undefined;
  let value = 0;
  for (let index = 0; index < length; index++) {
    const digit = source.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9 || (digit === 0 && index === 0 && length > 1)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

const GO_INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/;
/** go-yaml's own fallback, which cuts `0b` off and lets a sign follow. */
const SIGNED_BINARY = /^0b([-+][01]+)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

const LONGEST_INTEGER = 67;
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

function goNumber(source: string): bigint | number | undefined {
  if (!endsLikeNumber(source)) return undefined;
  const plain = source.includes('_') ? source.replaceAll('_', '') : source;
  return goInteger(plain) ?? goFloat(plain);
}

/** Most scalars that start with a digit are quantities, durations and versions: `100m`, `60s`. */
function endsLikeNumber(source: string): boolean {
  const last = source.charCodeAt(source.length - 1);
  if (last >= 48 && last <= 57) return true;
  const lower = last | 32;
  return (lower >= 97 && lower <= 102) || source.endsWith('.') || source.endsWith('_');
}

function goInteger(plain: string): bigint | undefined {
  const signed = SIGNED_BINARY.exec(plain)?.[1];
  if (signed !== undefined && signed.length < LONGEST_INTEGER) {
    return inRange(signed[0] ?? '', BigInt(`0b${signed.slice(1)}`));
  }

  const match = GO_INTEGER.exec(plain);
  const sign = match?.[1];
  const digits = match?.[2];
  if (sign === undefined || digits === undefined) return undefined;
  const isOldOctal = digits.length > 1 && /^0[0-7]/.test(digits);
  const literal = isOldOctal ? `0o${digits.slice(1)}` : digits.toLowerCase();
  // 64 binary digits are the most that fit; zeros before them may be any number.
  const short = literal.length <= LONGEST_INTEGER ? literal : literal.replace(/^(0[xbo])0+/, '$10');
  return short.length <= LONGEST_INTEGER ? inRange(sign, BigInt(short)) : undefined;
}

/** int64, or where no sign is written uint64. */
function inRange(sign: string, magnitude: bigint): bigint | undefined {
  if (sign === '-') return magnitude <= MAX_INT64 + 1n ? -magnitude : undefined;
  return magnitude <= (sign === '' ? MAX_UINT64 : MAX_INT64) ? magnitude : undefined;
}

function goFloat(plain: string): number | undefined {
  if (!FLOAT.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * The string that sigs.k8s.io/yaml makes of a mapping's key (yaml.go convertToJSONableObject), or undefined for a key
 * that it refuses: null, and integers above int64. Floats are written with the precision of 32 bits.
 */
export function keyText(scalar: Scalar): string | undefined {
  switch (typeof scalar) {
    case 'string':
      return scalar;
    case 'boolean':
      return scalar ? 'true' : 'false';
    case 'bigint':
      return scalar <= MAX_INT64 ? String(scalar) : undefined;
    case 'number':
      return floatKey(scalar);
    default:
      return undefined;
  }
}

/** Go's strconv.FormatFloat(value, 'g', -1, 32), with the infinities and NaN as YAML spells them. */
function floatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';

  const [mantissa = '', exponentText = ''] = shortestSingle(single).split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');

  if (exponent < -4 || exponent >= 6) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${rest}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** The fewest digits that name this 32-bit float, as `d.ddde±x`. */
function shortestSingle(single: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential();
}
