/**
 * Changes to the items of a List (`kubectl get -o yaml` prints one), each in its own piece of the text: to read the
 * whole text again for every change takes minutes where a List has a hundred items.
 */
import { isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import { equals, type JsonValue, valueAt } from '../json.ts';
import type { PatchOperation } from '../jsonPatch.ts';
import type { ReadDocument } from './document.ts';
import { dashOf } from './list.ts';
import { columnOf, endOf, lineEnd, lineStart, pairOf } from './nodes.ts';

/** Rewrites a document of its own. */
export type Rewrite = (text: string, operations: readonly PatchOperation[], read: ReadDocument) => string;

const INSIDE = /^\/items\/(0|[1-9][0-9]*)(\/.*)$/s;

/** True where the operation changes something inside of an item, so that every item keeps its place. */
export function isInsideItem({ path }: PatchOperation): boolean {
  return INSIDE.test(path);
}

/**
 * The text after operations inside of items. Undefined where the items cannot be taken apart (in braces, behind an
 * alias), or where putting them together again does not give what was expected.
 *
 * @param before what the text reads as
 * @param expected what it is to read as afterwards
 */
export function rewriteItems(
  text: string,
  operations: readonly PatchOperation[],
  { before, expected, read, rewrite }: { before: JsonValue; expected: JsonValue; read: ReadDocument; rewrite: Rewrite },
): string | undefined {
  const list = itemsOf(text);
  if (list === undefined) return undefined;

  const pieces: string[] = [];
  let copied = 0;
  const byItem = [...operationsByItem(operations)].sort(([left], [right]) => left - right);
  for (const [index, own] of byItem) {
    const piece = pieceOf(text, list, index);
    if (piece === undefined || piece.start < copied) return undefined;
    const { start, end, dash } = piece;
    // As a document of its own: a blank stands where the dash was.
    const alone = `${text.slice(start, dash)} ${text.slice(dash + 1, end)}`;
    const item = read(alone);
    if (item === undefined || !equals(item, valueAt(before, 'items', index))) return undefined;

    const rewritten = rewrite(alone, own, read);
    const column = dash - start;
    if (rewritten.slice(0, column + 1).trim() !== '' || rewritten.length <= column) return undefined;
    pieces.push(text.slice(copied, start), rewritten.slice(0, column), '-', rewritten.slice(column + 1));
    copied = end;
  }
  const result = pieces.join('') + text.slice(copied);
  return equals(read(result), expected) ? result : undefined;
}

/** The operations of each item, in their order, with paths that lead from the item. */
function operationsByItem(operations: readonly PatchOperation[]): Map<number, PatchOperation[]> {
  const byItem = new Map<number, PatchOperation[]>();
  for (const operation of operations) {
    const [, index = '', path = ''] = INSIDE.exec(operation.path) ?? [];
    const own = byItem.get(Number(index));
    if (own === undefined) byItem.set(Number(index), [{ ...operation, path }]);
    else own.push({ ...operation, path });
  }
  return byItem;
}

function itemsOf(text: string): YAMLSeq | undefined {
  const { contents, errors } = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, strict: false });
  if (errors.length > 0 || !isMap(contents) || contents.flow === true) return undefined;
  const items = pairOf(contents, 'items')?.value;
  return isSeq(items) && items.flow !== true ? items : undefined;
}

/** The whole lines of an item, and where its dash stands. */
function pieceOf(text: string, list: YAMLSeq, index: number): { start: number; end: number; dash: number } | undefined {
  const dash = dashOf(text, list, index);
  const end = endOf(text, list.items[index]);
  if (dash === undefined || end === undefined) return undefined;
  const start = lineStart(text, dash);
  if (text.slice(start, start + columnOf(text, dash)).trim() !== '') return undefined;
  return { start, end: Math.min(lineEnd(text, end) + 1, text.length), dash };
}
