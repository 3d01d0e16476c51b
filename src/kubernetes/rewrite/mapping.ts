/** Changes to the pairs of a mapping. */
import { isMap, isScalar as isScalarNode, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { JsonValue } from '../json.ts';
import {
  colonOf,
  columnOf,
  endOfPair,
  keyRange,
  lineEnd,
  lineStart,
  type Place,
  rangeOf,
  removeFromFlow,
  replaceRange,
  type TextEdit,
} from './nodes.ts';
import { isScalar, printFlow, printPair, printScalar } from './print.ts';

export function addPair(text: string, place: Place, map: YAMLMap, key: string, value: JsonValue): TextEdit | undefined {
  const range = rangeOf(map);
  const first = map.items[0];
  const last = map.items.at(-1);
  if (range === undefined) return undefined;

  if (place.inFlow) {
    const pair = `${printScalar(key)}: ${printFlow(value)}`;
    if (last === undefined) return replaceRange(range.start, range.end, `{${pair}}`);
    const end = endOfPair(text, last);
    return end === undefined ? undefined : replaceRange(end, end, `, ${pair}`);
  }

  const firstKey = first === undefined ? undefined : keyRange(first);
  if (firstKey !== undefined && key === 'metadata' && isSpec(first)) return addFirst(text, firstKey.start, key, value);
  const before = pairBefore(map, key) ?? last;
  const end = before === undefined ? undefined : endOfPair(text, before);
  if (firstKey === undefined || end === undefined) return undefined;

  const indent = columnOf(text, firstKey.start);
  const at = lineEnd(text, end);
  return replaceRange(at, at, `\n${' '.repeat(indent)}${printPair(key, value, indent)}`);
}

/** People write metadata before spec; everything else goes to the end. */
function pairBefore(map: YAMLMap, key: string): Pair | undefined {
  if (key !== 'metadata') return undefined;
  const spec = map.items.findIndex(isSpec);
  return spec > 0 ? map.items[spec - 1] : undefined;
}

function isSpec(pair: Pair | undefined): boolean {
  return isScalarNode(pair?.key) && pair.key.value === 'spec';
}

/** Above the mapping's first key and the comments that belong to it; undefined where the key shares its line with a dash. */
function addFirst(text: string, firstKey: number, key: string, value: JsonValue): TextEdit | undefined {
  let at = lineStart(text, firstKey);
  const indent = firstKey - at;
  if (text.slice(at, firstKey).trim() !== '') return undefined;

  for (
    let above = lineStart(text, at - 1);
    at > 0 && /^\s*#/.test(text.slice(above, at));
    above = lineStart(text, at - 1)
  ) {
    at = above;
  }
  return replaceRange(at, at, `${' '.repeat(indent)}${printPair(key, value, indent)}\n`);
}

export function replacePairValue(text: string, place: Place, pair: Pair, value: JsonValue): TextEdit | undefined {
  const colon = colonOf(text, pair);
  const old = rangeOf(pair.value);
  const key = keyRange(pair);
  const end = endOfPair(text, pair);
  if (key === undefined || end === undefined || colon < 0) return undefined;

  if (old !== undefined && old.end > old.start && (place.inFlow || isFlow(pair.value))) {
    return replaceRange(old.start, old.end, printFlow(value));
  }
  if (place.inFlow) return replaceRange(colon + 1, end, ` ${printFlow(value)}`);

  const isOneLine = isScalarNode(pair.value) && old !== undefined && !text.slice(old.start, old.end).includes('\n');
  if (isOneLine && isScalar(value) && old.end > old.start && !isMultiline(value)) {
    return replaceRange(old.start, old.end, printScalar(value, text[old.start] === "'" ? "'" : '"'));
  }

  const indent = columnOf(text, key.start);
  const body = printPair('x', value, indent).slice('x:'.length);
  const startsBelow = old !== undefined && old.start > lineEnd(text, colon);
  if (!startsBelow) return replaceRange(colon + 1, end, body);

  const below = lineEnd(text, colon); // a comment behind the key stays where it is
  if (body.startsWith('\n')) return replaceRange(below, end, body);
  return replaceRange(colon + 1, end, body + text.slice(colon + 1, below));
}

function isMultiline(value: JsonValue): boolean {
  return typeof value === 'string' && value.includes('\n');
}

/** A non-empty `{…}` or `[…]`; an empty one gives way to a block. */
function isFlow(node: unknown): boolean {
  return (isMap(node) || isSeq(node)) && node.flow === true && node.items.length > 0;
}

export function removePair(text: string, place: Place, map: YAMLMap, pair: Pair): TextEdit | undefined {
  const key = keyRange(pair);
  const end = endOfPair(text, pair);
  if (key === undefined || end === undefined) return undefined;
  if (place.inFlow) return removeFromFlow(text, { start: key.start, end });

  const start = lineStart(text, key.start);
  if (text.slice(start, key.start).trim() === '') return replaceRange(start, lineEnd(text, end) + 1, '');

  // the first pair of a list's item shares its line with the dash
  const next = map.items[map.items.indexOf(pair) + 1];
  const nextKey = next === undefined ? undefined : keyRange(next);
  return nextKey === undefined ? undefined : replaceRange(key.start, nextKey.start, '');
}
