/**
 * One change to the text of one YAML document, as a person would make it by hand: the lines that change change, and
 * comments, order, quotes and indentation of all others stay. Where the text has no place for it (behind an alias or a
 * merge key, say) the answer is undefined, and the caller tries the holder, up to the whole document.
 */
import { isMap, isSeq, parseDocument } from 'yaml';
import type { JsonValue } from '../json.ts';
import type { PatchOperation } from '../jsonPatch.ts';
import { parent, steps } from '../pointer.ts';
import { addItem, removeItem, replaceItem } from './list.ts';
import { addPair, removePair, replacePairValue } from './mapping.ts';
import { type Place, pairOf, rangeOf, type TextEdit } from './nodes.ts';

/** The text after the change; undefined where it cannot be made in place. */
export function splice(text: string, operation: PatchOperation): string | undefined {
  const parsed = parsedText(text);
  const edit = parsed === undefined ? undefined : editFor(parsed, operation);
  return edit === undefined ? undefined : applyEdits(text, [edit]);
}

export interface ParsedText {
  readonly text: string;
  readonly contents: unknown;
}

/** The text with the places of its nodes; undefined where it cannot be read. */
export function parsedText(text: string): ParsedText | undefined {
  // failsafe: every scalar a text, so that keys compare as they are written
  const { contents, errors } = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, strict: false });
  return errors.length > 0 ? undefined : { text, contents };
}

/** The text after edits that do not overlap; of those at one place the first comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const inOrder = [...edits].sort((left, right) => left.start - right.start || left.end - right.end);
  const pieces: string[] = [];
  let copied = 0;
  for (const { start, end, replacement } of inOrder) {
    pieces.push(text.slice(copied, start), replacement);
    copied = end;
  }
  return pieces.join('') + text.slice(copied);
}

/** What is to be changed in the text; undefined where it cannot be done in place. */
export function editFor(parsed: ParsedText, operation: PatchOperation): TextEdit | undefined {
  const { text, contents } = parsed;
  const way = steps(operation.path);
  const last = way.at(-1);
  const place = placeAt(contents, way.slice(0, -1));
  if (last === undefined || place === undefined) return undefined;
  if (isEmptyHolder(place)) return fillEmptyHolder(parsed, operation, last);
  if (operation.op === 'remove' && !place.inFlow && place.node.items.length === 1)
    return emptyHolder(parsed, operation, place);
  return isMap(place.node) ? spliceMapping(text, place, last, operation) : spliceList(text, place, last, operation);
}

function spliceMapping(text: string, place: Place, key: string, operation: PatchOperation): TextEdit | undefined {
  if (!isMap(place.node)) return undefined;
  const pair = pairOf(place.node, key);
  if (operation.op === 'remove') return pair === undefined ? undefined : removePair(text, place, place.node, pair);
  if (pair === undefined) return addPair(text, place, place.node, key, operation.value);
  return replacePairValue(text, place, pair, operation.value);
}

function spliceList(text: string, place: Place, step: string, operation: PatchOperation): TextEdit | undefined {
  if (!isSeq(place.node)) return undefined;
  const index = step === '-' ? place.node.items.length : Number(step);
  if (operation.op === 'remove') return removeItem(text, place, place.node, index);
  if (index >= place.node.items.length) return addItem(text, place, place.node, operation.value);
  return replaceItem(text, place, place.node, index, operation.value);
}

function placeAt(root: unknown, way: readonly string[]): Place | undefined {
  let node = root;
  let inFlow = false;
  for (const step of way) {
    if (isMap(node)) {
      inFlow ||= node.flow === true;
      node = pairOf(node, step)?.value;
    } else if (isSeq(node)) {
      inFlow ||= node.flow === true;
      node = node.items[Number(step)];
    } else {
      return undefined;
    }
  }
  if (!isMap(node) && !isSeq(node)) return undefined;
  return rangeOf(node) === undefined ? undefined : { node, inFlow: inFlow || node.flow === true, nested: inFlow };
}

/** `{}` or `[]` among block nodes: what goes into it reads better as a block. */
function isEmptyHolder(place: Place): boolean {
  return !place.nested && place.node.items.length === 0;
}

function fillEmptyHolder(parsed: ParsedText, operation: PatchOperation, step: string): TextEdit | undefined {
  const holder = parent(operation.path);
  if (operation.op === 'remove' || holder === '') return undefined;
  const value: JsonValue = step === '-' || step === '0' ? [operation.value] : { [step]: operation.value };
  return editFor(parsed, { op: 'replace', path: holder, value });
}

/** The last member goes: `{}` or `[]` stays, behind the key of the holder. */
function emptyHolder(parsed: ParsedText, operation: PatchOperation, place: Place): TextEdit | undefined {
  const holder = parent(operation.path);
  return holder === ''
    ? undefined
    : editFor(parsed, { op: 'replace', path: holder, value: isMap(place.node) ? {} : [] });
}
