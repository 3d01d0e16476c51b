/** What the language's own functions cost (github.com/google/cel-go checker/cost.go, functionCost). */
import type { Call, CostNode, Estimate } from './node.ts';
import { ONE, plus, type Range, scaled, times, UNKNOWN } from './range.ts';

const TEXT_FACTOR = 0.1;
const PATTERN_FACTOR = 0.25;

/** Undefined where the call costs one, whatever it is called with. */
export function languageEstimate({ name, overload, target, args }: Call): Estimate | undefined {
  const [first, second] = args;
  switch (name) {
    case 'format':
      return target === undefined ? undefined : { cost: scaled(sizeOf(target), TEXT_FACTOR) };
    case 'bytes':
      return overload.args[0] === 'string'
        ? converted(sizeOf(first), ({ min, max }) => ({ min, max: wrapped(max * 4n) }))
        : undefined;
    case 'string':
      return overload.args[0] === 'bytes'
        ? converted(sizeOf(first), ({ min, max }) => ({ min: min / 4n, max }))
        : undefined;
    case 'strings.quote':
      return converted(sizeOf(first), ({ min, max }) => ({ min: wrapped(min + 2n), max: wrapped(max * 2n + 2n) }));
    case 'startsWith':
    case 'endsWith':
      return { cost: scaled(sizeOf(first), TEXT_FACTOR) };
    case '@in':
      return overload.args[1]?.startsWith('list') === true ? { cost: scaled(sizeOf(second), 1) } : undefined;
    case 'matches': {
      if (target === undefined) return undefined;
      const text = scaled(plus(sizeOf(target), ONE), TEXT_FACTOR);
      return { cost: times(text, scaled(sizeOf(first), PATTERN_FACTOR)) };
    }
    case 'contains':
      if (target === undefined) return undefined;
      return { cost: times(scaled(sizeOf(target), TEXT_FACTOR), scaled(sizeOf(first), TEXT_FACTOR)) };
    case '_<_':
    case '_<=_':
    case '_>_':
    case '_>=_':
      return overload.args.every((type) => type === 'string') || overload.args.every((type) => type === 'bytes')
        ? compared(first, second)
        : undefined;
    case '_==_':
    case '_!=_':
      return compared(first, second);
    default:
      return undefined;
  }
}

export function sizeOf(node: CostNode | undefined): Range {
  return node?.size ?? UNKNOWN;
}

function converted(size: Range, change: (size: Range) => Range): Estimate {
  return { cost: scaled(size, TEXT_FACTOR), size: change(size) };
}

/** Here Go's numbers do not stop at the largest. */
function wrapped(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** Up to the end of the shorter one. */
function compared(left: CostNode | undefined, right: CostNode | undefined): Estimate {
  const [first, second] = [sizeOf(left).max, sizeOf(right).max];
  let max = first;
  if (second < max) max = second;
  return { cost: scaled({ min: max > 0n ? 1n : 0n, max }, TEXT_FACTOR) };
}
