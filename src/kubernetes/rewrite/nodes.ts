/** Where the nodes of a YAML document stand in its text. */
import { isMap, isNode, isPair, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';

export interface Place {
  readonly node: YAMLMap | YAMLSeq;
  /** The node is `{…}` or `[…]`, or stands inside of one. */
  readonly inFlow: boolean;
  /** The node stands inside of a `{…}` or `[…]`. */
  readonly nested: boolean;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One range of a text gives way to another text. */
export interface TextEdit extends Range {
  readonly replacement: string;
}

export function rangeOf(node: unknown): Range | undefined {
  if (!isNode(node) || !node.range) return undefined;
  return { start: node.range[0], end: node.range[1] };
}

/** The pair with the key, the last where there are several: that one counts for Kubernetes. */
export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => isScalar(pair.key) && pair.key.value === key);
}

export function keyRange(pair: Pair): Range | undefined {
  return rangeOf(pair.key);
}

/** Behind the last character that belongs to the node, without the line end and comments that follow it. */
export function endOf(text: string, node: unknown): number | undefined {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    return isPair(last) ? endOfPair(text, last) : endOf(text, last);
  }
  const range = rangeOf(node);
  return range === undefined ? undefined : Math.max(range.start, trimmedEnd(text, range.start, range.end));
}

export function endOfPair(text: string, pair: Pair): number | undefined {
  const key = keyRange(pair);
  if (key === undefined) return undefined;
  const value = endOf(text, pair.value);
  const colon = colonOf(text, pair);
  return value === undefined || value < key.end ? colon + 1 : Math.max(value, colon + 1);
}

/** Where the colon behind the key stands. */
export function colonOf(text: string, pair: Pair): number {
  return text.indexOf(':', keyRange(pair)?.end ?? 0);
}

/** Block scalars count the line ends that follow them as theirs. */
function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** Characters between the start of the line and the offset. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

export function replaceRange(start: number, end: number, replacement: string): TextEdit {
  return { start, end, replacement };
}

/** Takes away the range and the comma that parts it from its neighbour in `{…}` or `[…]`. */
export function removeFromFlow(text: string, { start, end }: Range): TextEdit {
  const after = /^\s*,\s*/.exec(text.slice(end));
  if (after !== null) return replaceRange(start, end + after[0].length, '');
  const before = /,\s*$/.exec(text.slice(0, start));
  return replaceRange(start - (before?.[0].length ?? 0), end, '');
}
