/** From the least to the most, of sizes and of costs: whole numbers of 64 bits that stop at the largest. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export const LARGEST = 2n ** 64n - 1n;
export const UNKNOWN: Range = { min: 0n, max: LARGEST };
export const NOTHING: Range = { min: 0n, max: 0n };
export const ONE: Range = { min: 1n, max: 1n };

export function exactly(size: bigint): Range {
  return { min: size, max: size };
}

export function plus(left: Range, right: Range): Range {
  return { min: bounded(left.min + right.min), max: bounded(left.max + right.max) };
}

export function times(left: Range, right: Range): Range {
  return { min: bounded(left.min * right.min), max: bounded(left.max * right.max) };
}

/** Rounded up. */
export function scaled({ min, max }: Range, factor: number): Range {
  return { min: scaledUp(min, factor), max: scaledUp(max, factor) };
}

/** From the least of either to the most of either. */
export function union(left: Range, right: Range): Range {
  return { min: lesser(left.min, right.min), max: lesser(-left.max, -right.max) * -1n };
}

function lesser(left: bigint, right: bigint): bigint {
  if (left < right) return left;
  return right;
}

function bounded(value: bigint): bigint {
  return value > LARGEST ? LARGEST : value;
}

function scaledUp(value: bigint, factor: number): bigint {
  return bounded(BigInt(Math.ceil(Number(value) * factor)));
}
