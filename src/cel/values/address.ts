/** IP addresses as numbers. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

export const WIDTHS = { 4: 32, 6: 128 } as const;

const V4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const GROUPS = 8;

/** Undefined where the text is no address, has a zone, or is an IPv4 address written as IPv6, as Kubernetes reads it. */
export function parseAddress(text: string): Address | undefined {
  if (V4.test(text)) return { family: 4, bits: bitsOf(text.split('.').map(Number), 8n) };
  const groups = groupsOf(text);
  if (groups === undefined) return undefined;
  const bits = bitsOf(groups, 16n);
  return bits >> 32n === 0xffffn ? undefined : { family: 6, bits };
}

function bitsOf(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((bits, part) => (bits << width) | BigInt(part), 0n);
}

/** The eight groups of an IPv6 address; undefined where the text is none. */
function groupsOf(text: string): number[] | undefined {
  const [head = '', tail, more] = text.split('::');
  const first = groupsIn(head);
  const last = groupsIn(tail ?? '');
  if (first === undefined || last === undefined || more !== undefined) return undefined;
  const missing = GROUPS - first.length - last.length;
  if (tail === undefined) return missing === 0 ? first : undefined;
  return missing < 1 ? undefined : [...first, ...new Array<number>(missing).fill(0), ...last];
}

function groupsIn(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && V4.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** As RFC 5952 writes it. */
export function formatAddress({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: GROUPS }, (_, index) =>
    ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const run = longestZeros(groups);
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== '0') start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}

/** The first bits alone, the rest zero. */
export function masked({ family, bits }: Address, prefix: number): Address {
  const rest = BigInt(WIDTHS[family] - prefix);
  return { family, bits: (bits >> rest) << rest };
}
