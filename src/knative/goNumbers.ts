/**
 * Go's own reading and printing of numbers, since Knative takes annotations and ConfigMap values with it: what Go
 * accepts is accepted here, and nothing else (Go 1.26 strconv and internal/strconv).
 */

/** Why Go refuses a text, in its words. */
export type Refusal = 'invalid syntax' | 'value out of range';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: Refusal };

const INVALID = { ok: false, reason: 'invalid syntax' } as const;
const OUT_OF_RANGE = { ok: false, reason: 'value out of range' } as const;

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const MINUS = 45;

/** `strconv.ParseInt(text, 10, 32)`: decimal digits with at most one sign; no spaces, no underscores, no `0x`. */
export function parseInt32(text: string): Parsed<number> {
  const start = afterSign(text);
  if (start === text.length) return INVALID;

  let value = 0;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return INVALID;
    value = value * 10 + (code - ZERO);
    // Go gives up as soon as an uint32 overflows, before it has seen what else stands there: `99999999999x` is out of
    // range, and `2147483648x` is not a number.
    if (value > 0xffff_ffff) return OUT_OF_RANGE;
  }

  const isNegative = text.charCodeAt(0) === MINUS;
  if (value > (isNegative ? 0x8000_0000 : 0x7fff_ffff)) return OUT_OF_RANGE;
  return { ok: true, value: isNegative ? 0 - value : value };
}

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
/** This many digits fit into a number exactly and into an int64 anyway. */
const SAFE_DIGITS = 15;

/** `strconv.ParseInt(text, 10, 64)`, which is `strconv.Atoi` too on the machines that Knative runs on. */
export function parseInt64(text: string): Parsed<bigint> {
  const start = afterSign(text);
  if (start === text.length) return INVALID;

  let value = 0n;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < ZERO || code > NINE) return INVALID;
    value = value * 10n + BigInt(code - ZERO);
    if (index - start >= SAFE_DIGITS && value > MAX_UINT64) return OUT_OF_RANGE;
  }

  const isNegative = text.charCodeAt(0) === MINUS;
  if (value > (isNegative ? MAX_INT64 + 1n : MAX_INT64)) return OUT_OF_RANGE;
  return { ok: true, value: isNegative ? -value : value };
}

function afterSign(text: string): number {
  const first = text.charCodeAt(0);
  return first === PLUS || first === MINUS ? 1 : 0;
}

/** `strconv.ParseBool`. */
export function parseBool(text: string): Parsed<boolean> {
  switch (text) {
    case '1':
    case 't':
    case 'T':
    case 'true':
    case 'TRUE':
    case 'True':
      return { ok: true, value: true };
    case '0':
    case 'f':
    case 'F':
    case 'false':
    case 'FALSE':
    case 'False':
      return { ok: true, value: false };
    default:
      return INVALID;
  }
}

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;
const SPECIAL = /^(?:nan|([+-]?)inf(?:inity)?)$/i;

/**
 * `strconv.ParseFloat(text, 64)`: besides `0.5`, `.5` and `1e3` also `0x1p-2`, `Inf`, `infinity`, `NaN`, and
 * underscores between digits, as in `1_000`, although ParseInt refuses them. A value beyond the largest float is out of
 * range, one below the smallest is zero.
 */
export function parseFloat64(text: string): Parsed<number> {
  if (DECIMAL.test(text)) return finite(Number(text));

  const special = SPECIAL.exec(text);
  if (special !== null) {
    if (text.length === 3 && text.toLowerCase() === 'nan') return { ok: true, value: Number.NaN };
    return { ok: true, value: special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
  }

  const plain = withoutUnderscores(text);
  if (DECIMAL.test(plain)) return finite(Number(plain));
  const hexadecimal = HEXADECIMAL.exec(plain);
  if (hexadecimal === null) return INVALID;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = hexadecimal;
  const mantissa = BigInt(`0x${whole}${fraction}`);
  const magnitude = scaled(mantissa, Number(exponent) - 4 * fraction.length);
  return finite(sign === '-' ? -magnitude : magnitude);
}

function finite(value: number): Parsed<number> {
  return Number.isFinite(value) ? { ok: true, value } : OUT_OF_RANGE;
}

const HEXADECIMAL_START = /^[+-]?0[xX]/;

/** Where each stands between two digits, or behind `0x`; elsewhere they stay and spoil the number, as in Go. */
function withoutUnderscores(text: string): string {
  if (!text.includes('_')) return text;
  if (HEXADECIMAL_START.test(text)) return text.replace(/(?<=[0-9a-fA-FxX])_(?=[0-9a-fA-F])/g, '');
  return text.replace(/(?<=[0-9])_(?=[0-9])/g, '');
}

const MANTISSA_BITS = 53;
const SMALLEST_EXPONENT = -1074;

/** mantissa × 2^exponent, rounded once, half to even: rounding to 53 bits first would round subnormals twice. */
function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const length = mantissa.toString(2).length;
  const top = exponent + length;
  if (top > 1024) return Number.POSITIVE_INFINITY;

  const keep = Math.min(MANTISSA_BITS, top - SMALLEST_EXPONENT);
  if (keep < 0) return 0;
  const drop = length - keep;
  if (drop <= 0) return Number(mantissa) * 2 ** exponent;

  const unit = 1n << BigInt(drop);
  const rest = mantissa % unit;
  let kept = mantissa / unit;
  if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept += 1n;
  return Number(kept) * 2 ** (exponent + drop);
}

/** How `fmt` prints a float64 with `%v`, and `%g`: shortest digits, an exponent below 1e-4 and from a million on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';

  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e6)) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = exponent.slice(1);
  return `${digits}e${exponent.charAt(0)}${power.length < 2 ? `0${power}` : power}`;
}

/** How `fmt` prints a float64 with `%f`: six decimals, exact ties to even. */
export function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e21) return `${sign}${BigInt(magnitude)}.000000`;

  const rounded = magnitude.toFixed(6);
  // JavaScript rounds a tie up. A tie ends in a 5 at the seventh decimal, and sixty are enough to see that nothing
  // follows; one digit up from an even one is the wrong neighbour.
  const exact = magnitude.toFixed(60);
  const point = exact.indexOf('.');
  const isTie = exact.charAt(point + 7) === '5' && /^0*$/.test(exact.slice(point + 8));
  if (isTie && Number(exact.charAt(point + 6)) % 2 === 0) return sign + exact.slice(0, point + 7);
  return sign + rounded;
}
