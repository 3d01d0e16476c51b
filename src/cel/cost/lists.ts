/** What functions for lists and sets cost: github.com/google/cel-go ext/lists.go and ext/sets.go. */
import type { Call, CostNode, Estimate, SizeOf } from './node.ts';
import { exactly, LARGEST, ONE, plus, type Range, scaled, times } from './range.ts';

const LIST_COST = exactly(10n);
const TEXT_FACTOR = 0.1;

/** Undefined where the function is none of these. */
export function listEstimate({ name, overload, target, args }: Call, sizeOf: SizeOf): Estimate | undefined {
  const [first, second] = args;
  if (target === undefined) {
    if (name === 'lists.range' && first !== undefined) return made(1, exactly(intOf(first, LARGEST)));
    const factor = SET_FACTORS[name];
    if (factor === undefined || first === undefined || second === undefined) return undefined;
    return { cost: plus(scaled(times(sizeOf(first), sizeOf(second)), factor), ONE) };
  }
  const size = sizeOf(target);
  switch (name) {
    case 'slice': {
      if (first === undefined || second === undefined) return undefined;
      const [start, end] = [intOf(first, 0n), intOf(second, size.max)];
      return made(1, exactly(BigInt.asUintN(64, end - start)));
    }
    case 'flatten':
      return made(first === undefined ? 1 : Number(intOf(first, LARGEST)), size);
    case 'reverse':
      return made(1, size);
    case 'distinct':
      return made(2, times(size, size));
    case 'sort':
      return sorted(overload.args[0] ?? '', size);
    case '@sortByAssociatedKeys':
      return first === undefined ? undefined : sorted(overload.args[1] ?? '', sizeOf(first));
    default:
      return undefined;
  }
}

const SET_FACTORS: Readonly<Record<string, number | undefined>> = {
  'sets.contains': 1,
  'sets.intersects': 1,
  'sets.equivalent': 2,
};

function sorted(type: string, size: Range): Estimate {
  const isText = type === 'list<string>' || type === 'list<bytes>';
  return made(isText ? 2 + TEXT_FACTOR : 2, times(size, size));
}

function made(factor: number, size: Range): Estimate {
  return { cost: plus(plus(scaled(size, factor), ONE), LIST_COST), size };
}

function intOf({ expr }: CostNode, otherwise: bigint): bigint {
  const value = expr?.kind === 'literal' ? expr.value : undefined;
  if (typeof value !== 'bigint') return otherwise;
  return value < 0n ? 0n : value;
}
