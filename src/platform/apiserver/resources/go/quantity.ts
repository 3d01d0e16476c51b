/** Quantities in their canonical form: k8s.io/apimachinery pkg/api/resource/quantity.go (CanonicalizeBytes). */
import { parseQuantity } from '../../../../kubernetes/quantity.ts';

const NANO = 1_000_000_000n;
const DECIMAL: readonly (readonly [string, bigint])[] = [
  ['E', 10n ** 27n],
  ['P', 10n ** 24n],
  ['T', 10n ** 21n],
  ['G', 10n ** 18n],
  ['M', 10n ** 15n],
  ['k', 10n ** 12n],
  ['', NANO],
  ['m', 1_000_000n],
  ['u', 1_000n],
  ['n', 1n],
];
const BINARY: readonly (readonly [string, bigint])[] = [
  ['Ei', NANO << 60n],
  ['Pi', NANO << 50n],
  ['Ti', NANO << 40n],
  ['Gi', NANO << 30n],
  ['Mi', NANO << 20n],
  ['Ki', NANO << 10n],
  ['', NANO],
];

/** `0.5` is `500m`, `1024Mi` is `1Gi`, `2000` is `2k`; undefined where the value is no quantity. */
export function canonicalQuantity(value: unknown): string | undefined {
  const nanos = parseQuantity(value);
  if (nanos === undefined) return undefined;
  if (nanos === 0n) return '0';

  const text = String(value);
  const size = nanos < 0n ? -nanos : nanos;
  const isBinary = text.endsWith('i') && size >= 1024n * NANO && size % NANO === 0n;
  const [suffix, unit] = (isBinary ? BINARY : DECIMAL).find(([, each]) => nanos % each === 0n) ?? ['n', 1n];
  return `${nanos / unit}${/[eE][+-]?[0-9]+$/.test(text) ? exponentOf(suffix) : suffix}`;
}

/** Who writes `1e3` gets an exponent back. */
function exponentOf(suffix: string): string {
  const exponent = (6 - DECIMAL.findIndex(([each]) => each === suffix)) * 3;
  return exponent === 0 ? '' : `e${exponent}`;
}
