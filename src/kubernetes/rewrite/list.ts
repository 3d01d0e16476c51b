/** Changes to the items of a list. */
import type { YAMLSeq } from 'yaml';
import type { JsonValue } from '../json.ts';
import {
  columnOf,
  endOf,
  lineEnd,
  lineStart,
  type Place,
  rangeOf,
  removeFromFlow,
  replaceRange,
  type TextEdit,
} from './nodes.ts';
import { printBlock, printFlow } from './print.ts';

export function addItem(text: string, place: Place, list: YAMLSeq, value: JsonValue): TextEdit | undefined {
  const last = list.items.at(-1);
  const end = endOf(text, last);
  if (end === undefined) return undefined;
  if (place.inFlow) return replaceRange(end, end, `, ${printFlow(value)}`);

  const dash = dashOf(text, list, list.items.length - 1);
  if (dash === undefined) return undefined;
  const column = columnOf(text, dash);
  const at = lineEnd(text, end);
  return replaceRange(at, at, `\n${' '.repeat(column)}- ${printBlock(value, column + 2).trimStart()}`);
}

export function replaceItem(
  text: string,
  place: Place,
  list: YAMLSeq,
  index: number,
  value: JsonValue,
): TextEdit | undefined {
  const range = rangeOf(list.items[index]);
  const end = endOf(text, list.items[index]);
  if (range === undefined || end === undefined) return undefined;
  if (place.inFlow) return replaceRange(range.start, end, printFlow(value));

  const dash = dashOf(text, list, index);
  if (dash === undefined) return undefined;
  return replaceRange(range.start, end, printBlock(value, columnOf(text, dash) + 2).trimStart());
}

export function removeItem(text: string, place: Place, list: YAMLSeq, index: number): TextEdit | undefined {
  const range = rangeOf(list.items[index]);
  const end = endOf(text, list.items[index]);
  if (range === undefined || end === undefined) return undefined;
  if (place.inFlow) return removeFromFlow(text, { start: range.start, end });

  const dash = dashOf(text, list, index);
  return dash === undefined ? undefined : replaceRange(lineStart(text, dash), lineEnd(text, end) + 1, '');
}

/** Where the dash of the item stands; undefined where something other than blanks lies between the two. */
export function dashOf(text: string, list: YAMLSeq, index: number): number | undefined {
  const range = rangeOf(list.items[index]);
  if (range === undefined) return undefined;
  const dash = text.lastIndexOf('-', range.start - 1);
  return dash >= 0 && text.slice(dash + 1, range.start).trim() === '' ? dash : undefined;
}
