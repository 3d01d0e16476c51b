/**
 * What the functions of Kubernetes and those for texts cost (k8s.io/apiserver pkg/cel/library/cost.go): definitions are
 * refused by these numbers, so that none may differ.
 */
import { isSameType, type Type } from '../check/types.ts';
import type { Call, CostNode, Estimate, SizeOf } from './node.ts';
import { exactly, LARGEST, NOTHING, ONE, plus, type Range, scaled, times, union } from './range.ts';

const TEXT_FACTOR = 0.1;
const PATTERN_FACTOR = 0.25;
/** An IPv4 and an IPv6 address in bytes. */
const ADDRESS: Range = { min: 4n, max: 16n };
const LONGEST_FORMAT = 64n;
const LONGEST_FORMAT_PATTERN = 128;
/** Two of them are what one expression may cost. */
const AUTHORIZER_CHECK = exactly(350_000n);

type Estimator = (call: Call, sizeOf: SizeOf) => Estimate | undefined;

const CHEAP: Estimator = () => ({ cost: ONE });

/** Undefined where the function is none of these. */
export function kubernetesEstimate(call: Call, sizeOf: SizeOf): Estimate | undefined {
  return Object.hasOwn(ESTIMATORS, call.name) ? ESTIMATORS[call.name]?.(call, sizeOf) : undefined;
}

const CHEAP_FUNCTIONS =
  'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery'.split(
    ' ',
  );

const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  ...Object.fromEntries(CHEAP_FUNCTIONS.map((name) => [name, CHEAP])),
  ...Object.fromEntries(['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf'].map((name) => [name, gone])),
  ...Object.fromEntries(['lowerAscii', 'upperAscii', 'substring', 'trim'].map((name) => [name, changed])),
  ...Object.fromEntries(
    ['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map((name) => [name, read]),
  ),
  check: () => ({ cost: AUTHORIZER_CHECK }),
  fieldSelector: selector,
  labelSelector: selector,
  url: ({ args }, sizeOf) => {
    const [text] = args;
    if (text === undefined) return undefined;
    return { cost: scaled(sizeOf(text), TEXT_FACTOR), size: sizeOf(text) };
  },
  replace,
  split,
  join,
  find: searched,
  findAll: searched,
  ip: (call, sizeOf) => (call.target === undefined ? read(call, sizeOf) : { cost: ONE }),
  'ip.isCanonical': ({ args: [text] }, sizeOf) =>
    text === undefined ? undefined : { cost: scaled(sizeOf(text), 2 * TEXT_FACTOR) },
  containsIP: (call, sizeOf) => compared(call, sizeOf, NOTHING),
  containsCIDR: (call, sizeOf) => compared(call, sizeOf, plus(scaled(ADDRESS, TEXT_FACTOR), ONE)),
  validate: ({ args: [text] }, sizeOf) => {
    if (text === undefined) return undefined;
    const factor = LONGEST_FORMAT_PATTERN * PATTERN_FACTOR;
    return { cost: scaled(scaled(sizeOf(text), TEXT_FACTOR), factor) };
  },
  '_==_': equal,
};

/** Goes through the text once. */
function read({ args: [text] }: Call, sizeOf: SizeOf): Estimate | undefined {
  return text === undefined ? undefined : { cost: scaled(sizeOf(text), TEXT_FACTOR) };
}

/** Makes a text that is as long. */
function changed({ target }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined) return undefined;
  return { cost: scaled(sizeOf(target), TEXT_FACTOR), size: sizeOf(target) };
}

/** Goes through a list, and through the texts in it, or through a text. */
function gone({ target }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined) return undefined;
  const item = itemOf(target);
  if (item === undefined) return { cost: scaled(sizeOf(target), TEXT_FACTOR) };
  const isText = item.type.kind === 'plain' && (item.type.name === 'string' || item.type.name === 'bytes');
  const each = isText ? plus(ONE, scaled(sizeOf(item), TEXT_FACTOR)) : ONE;
  return { cost: times(sizeOf(target), each) };
}

/** What is in the list, map or optional; undefined of a text, and of what may be anything. */
function itemOf({ type, path }: CostNode): CostNode | undefined {
  const item = firstPart(type);
  if (item === undefined) return undefined;
  return {
    type: item,
    path: path.length === 0 ? path : path.copied().with('@items'),
    expr: undefined,
    size: undefined,
  };
}

function firstPart(type: Type): Type | undefined {
  if (type.kind === 'list') return type.item;
  if (type.kind === 'map') return type.key;
  return type.kind === 'optional' ? type.of : undefined;
}

/** A requirement is two characters at least, and takes a struct and a list. */
function selector({ args: [text] }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (text === undefined) return undefined;
  const size = sizeOf(text);
  const requirements = scaled(scaled(size, 0.5), 50);
  return { cost: plus(plus(exactly(10n), scaled(size, TEXT_FACTOR)), requirements) };
}

function replace({ target, args: [old, by] }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined || old === undefined || by === undefined) return undefined;
  const text = sizeOf(target);
  const longest = replaced(text.max, sizeOf(old).min, sizeOf(by).max, true);
  const shortest = replaced(text.min, sizeOf(old).max, sizeOf(by).min, false);
  const counts = { min: shortest.count, max: longest.count };
  const kept = { min: shortest.kept, max: longest.kept };
  return { cost: scaled(text, 2 * TEXT_FACTOR), size: plus(times(counts, sizeOf(by)), kept) };
}

/** How many times something is put in, and how much of the text is counted beside it. */
function replaced(text: bigint, old: bigint, by: bigint, isLongest: boolean): { count: bigint; kept: bigint } {
  if (old === 0n) return { count: text < LARGEST ? text + 1n : text, kept: text };
  const isNoChange = isLongest ? by <= old : old <= by;
  if (isNoChange) return { count: 0n, kept: text };
  const count = BigInt(Math.ceil(Number(text) / Number(old)));
  return { count: count > LARGEST ? LARGEST : count, kept: 0n };
}

function split({ target, args }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined) return undefined;
  const size = sizeOf(target);
  const limit = args[1]?.expr?.kind === 'literal' ? args[1].expr.value : undefined;
  const max = typeof limit === 'bigint' ? BigInt.asUintN(64, limit) : size.max;
  return { cost: scaled(size, 2 * TEXT_FACTOR), size: { min: 0n, max } };
}

function join({ target, args: [by] }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined) return undefined;
  const list = sizeOf(target);
  const item = itemOf(target);
  let size = item === undefined ? NOTHING : times(list, sizeOf(item));
  if (by !== undefined) {
    const between = { min: list.min > 0n ? list.min - 1n : 0n, max: list.max > 0n ? list.max - 1n : 0n };
    size = plus(size, times(sizeOf(by), between));
  }
  return { cost: scaled(size, TEXT_FACTOR), size };
}

/** A pattern is paid for each character of the text, and one more: the empty text is looked at too. */
function searched({ target, args: [pattern] }: Call, sizeOf: SizeOf): Estimate | undefined {
  if (target === undefined || pattern === undefined) return undefined;
  const text = scaled(plus(sizeOf(target), ONE), TEXT_FACTOR);
  const cost = times(text, scaled(sizeOf(pattern), PATTERN_FACTOR));
  return { cost, size: { min: 0n, max: sizeOf(target).max } };
}

/** Two addresses; one that is a text is read first. */
function compared({ overload, args: [other] }: Call, sizeOf: SizeOf, more: Range): Estimate | undefined {
  if (other === undefined) return undefined;
  const cost = plus(scaled(plus(ADDRESS, ADDRESS), TEXT_FACTOR), more);
  return { cost: overload.args[1] === 'string' ? plus(cost, scaled(sizeOf(other), TEXT_FACTOR)) : cost };
}

const CHEAP_TO_COMPARE: ReadonlySet<string> = new Set([
  'net.IP',
  'net.CIDR',
  'kubernetes.Quantity',
  'kubernetes.Semver',
  'kubernetes.authorization.Authorizer',
  'kubernetes.authorization.PathCheck',
  'kubernetes.authorization.GroupCheck',
  'kubernetes.authorization.ResourceCheck',
  'kubernetes.authorization.Decision',
]);

function equal({ args: [left, right] }: Call): Estimate | undefined {
  if (left === undefined || right === undefined || !isSameType(left.type, right.type)) return undefined;
  const { type } = left;
  if (type.kind !== 'plain' && type.kind !== 'object') return undefined;
  if (CHEAP_TO_COMPARE.has(type.name)) return { cost: ONE };
  if (type.name === 'kubernetes.NamedFormat') return { cost: scaled({ min: 1n, max: LONGEST_FORMAT }, TEXT_FACTOR) };
  if (type.name !== 'kubernetes.URL') return undefined;
  const size = right.size === undefined ? ONE : union(right.size, right.size);
  return { cost: scaled({ min: 1n, max: size.max }, TEXT_FACTOR) };
}
