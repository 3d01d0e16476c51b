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
import { type Place, pairOf, rangeOf } from './nodes.ts';

/** The text after the change; undefined where it cannot be made in place. */
export function splice(text: string, operation: PatchOperation): string | undefined {
  // failsafe: every scalar a text, so that keys compare as they are written
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, strict: false });
  if (document.errors.length > 0) return undefined;

  const way = steps(operation.path);
  const last = way.at(-1);
  const place = placeAt(document.contents, way.slice(0, -1));
  if (last === undefined || place === undefined) return undefined;
  if (isEmptyHolder(place)) return fillEmptyHolder(text, operation, last);
  if (operation.op === 'remove' && !place.inFlow && place.node.items.length === 1)
    return emptyHolder(text, operation, place);
  return isMap(place.node) ? spliceMapping(text, place, last, operation) : spliceList(text, place, last, operation);
}

function spliceMapping(text: string, place: Place, key: string, operation: PatchOperation): string | undefined {
  if (!isMap(place.node)) return undefined;
  const pair = pairOf(place.node, key);
  if (operation.op === 'remove') return pair === undefined ? undefined : removePair(text, place, place.node, pair);
  if (pair === undefined) return addPair(text, place, place.node, key, operation.value);
  return replacePairValue(text, place, pair, operation.value);
}

function spliceList(text: string, place: Place, step: string, operation: PatchOperation): string | undefined {
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

function fillEmptyHolder(text: string, operation: PatchOperation, step: string): string | undefined {
  const holder = parent(operation.path);
  if (operation.op === 'remove' || holder === '') return undefined;
  const value: JsonValue = step === '-' || step === '0' ? [operation.value] : { [step]: operation.value };
  return splice(text, { op: 'replace', path: holder, value });
}

/** The last member goes: `{}` or `[]` stays, behind the key of the holder. */
function emptyHolder(text: string, operation: PatchOperation, place: Place): string | undefined {
  const holder = parent(operation.path);
  return holder === '' ? undefined : splice(text, { op: 'replace', path: holder, value: isMap(place.node) ? {} : [] });
}
