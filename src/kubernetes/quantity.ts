/**
 * Kubernetes quantities (`200m`, `1.5Gi`, `2e3`) in exact arithmetic.
 *
 * Grammar and suffixes: k8s.io/apimachinery pkg/api/resource/quantity.go and suffix.go. Values are counted in
 * nano-units, the smallest that Kubernetes keeps; what is finer is rounded up, as there.
 */

/** A quantity in nano-units: `1` is 1_000_000_000n. */
export type Nanos = bigint;

const GRAMMAR = /^([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?[0-9]+)?$/;

const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_EXPONENT: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** An exponent beyond this many digits is refused: no quantity needs it, and powers of ten that large cost memory. */
const LARGEST_EXPONENT = 64;

const cache = new Map<string, Nanos | undefined>();
const CACHE_SIZE = 4096;

/** Parses a quantity as YAML gives it: a text, or a number. Undefined where it is none. */
export function parseQuantity(value: unknown): Nanos | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? parseText(String(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  if (cache.has(value)) return cache.get(value);

  const parsed = parseText(value);
  if (cache.size < CACHE_SIZE && value.length <= 32) cache.set(value, parsed);
  return parsed;
}

function parseText(text: string): Nanos | undefined {
  if (text.length > 128) return undefined;
  const match = GRAMMAR.exec(text);
  if (match === null) return undefined;

  const [, sign, digits = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  const mantissa = BigInt(`${whole}${fraction}`);

  const binary = BINARY_EXPONENT[suffix];
  const decimal = binary === undefined ? (DECIMAL_EXPONENT[suffix] ?? Number(suffix.slice(1))) : 0;
  if (Math.abs(decimal) > LARGEST_EXPONENT) return undefined;

  const exponent = decimal + 9 - fraction.length;
  const scaled = binary === undefined ? mantissa : mantissa << BigInt(binary);
  const size = exponent >= 0 ? scaled * 10n ** BigInt(exponent) : divideUp(scaled, 10n ** BigInt(-exponent));
  return sign === '-' ? -size : size;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Writes CPU as people do: `250m`, `2`. */
export function formatCpu(value: Nanos): string {
  if (value % 1_000_000_000n === 0n) return String(value / 1_000_000_000n);
  if (value % 1_000_000n === 0n) return `${value / 1_000_000n}m`;
  return value % 1_000n === 0n ? `${value / 1_000n}u` : `${value}n`;
}

/** Writes memory as people do: in the largest binary unit that divides it, `512Mi`, `1Gi`. */
export function formatMemory(value: Nanos): string {
  if (value % 1_000_000_000n !== 0n) return `${value / 1_000_000n}m`;
  const bytes = value / 1_000_000_000n;
  for (const [suffix, exponent] of Object.entries(BINARY_EXPONENT).reverse()) {
    const unit = 1n << BigInt(exponent);
    if (bytes !== 0n && bytes % unit === 0n) return `${bytes / unit}${suffix}`;
  }
  return String(bytes);
}
