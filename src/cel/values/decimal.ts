/** Numbers as decimals of a given length, rounded as Go rounds: exactly, and where it is the middle, to the even one. */

const FRACTION_BITS = 52n;
const BIAS = 1075n;

/** @param digits behind the point */
export function fixedDecimal(value: number, digits: number): string {
  const { isNegative, mantissa, exponent } = parts(value);
  const scaled = mantissa * 10n ** BigInt(digits);
  const text = String(exponent >= 0n ? scaled << exponent : roundedShift(scaled, -exponent)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${isNegative ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
}

function parts(value: number): { isNegative: boolean; mantissa: bigint; exponent: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const power = (bits >> FRACTION_BITS) & 0x7ffn;
  const fraction = bits & ((1n << FRACTION_BITS) - 1n);
  const mantissa = power === 0n ? fraction : fraction | (1n << FRACTION_BITS);
  return { isNegative: bits >> 63n === 1n, mantissa, exponent: (power === 0n ? 1n : power) - BIAS };
}

function roundedShift(value: bigint, bits: bigint): bigint {
  const whole = value >> bits;
  const rest = value - (whole << bits);
  const half = 1n << (bits - 1n);
  const isUp = rest > half || (rest === half && (whole & 1n) === 1n);
  return isUp ? whole + 1n : whole;
}

/** `1,234,567.5`. */
export function withCommas(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
