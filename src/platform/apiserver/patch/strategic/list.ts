/** Lists that are merged item by item. */
import type { Schema } from '../../schemas/schema.ts';
import { isList, isRecord, type Json, type JsonRecord, member } from '../json.ts';
import { goText } from '../types/goText.ts';
import { PATCH } from './directives.ts';
import { inOrder } from './order.ts';
import { badDirective, badType, goType, listOfLists, noMergeKey, unexpected } from './wrong.ts';

/** Merges an object into another: passed in, since lists hold objects and these hold lists. */
export type MergeObject = (target: JsonRecord, patch: JsonRecord, schema: Schema) => JsonRecord;

/** @param isDeletion whether the patch lists scalars that go */
export function mergeList(
  target: readonly Json[],
  patch: readonly Json[],
  { schema, mergeKey }: { readonly schema: Schema; readonly mergeKey: string },
  isDeletion: boolean,
  mergeObject: MergeObject,
): Json[] {
  if (target.length === 0 && patch.length === 0) return [];
  if (itemType(target, patch) !== 'map[string]interface {}') {
    if (isDeletion) {
      const gone = new Set(patch);
      return target.filter((item) => !gone.has(item));
    }
    return inOrder([...new Set([...target, ...patch])], patch, target, mergeKey);
  }
  if (mergeKey === '') throw unexpected('cannot merge lists without merge key for struct');

  const special = withDirectives([...target], patch, mergeKey);
  const merged = mergeItems([...special.target], special.patch, schema, mergeKey, mergeObject);
  return inOrder(merged, special.patch, special.target, mergeKey);
}

/** The type of all items. @throws where they are lists, of several types, or there are none */
export function itemType(...lists: readonly (readonly Json[])[]): string {
  const items = lists.flat(1);
  const [first] = items;
  if (first === undefined) throw unexpected('no elements in any of the given slices');
  if (isList(first)) throw listOfLists();
  const type = goType(first);
  if (first === null || items.some((item) => goType(item) !== type)) {
    throw unexpected(`list element types are not identical: ${goText(lists.map((list) => [...list]))}`);
  }
  return type;
}

/** Carries out items that hold `$patch`: one goes, or all that stood go. */
function withDirectives(
  target: Json[],
  patch: readonly Json[],
  mergeKey: string,
): { readonly target: readonly Json[]; readonly patch: readonly Json[] } {
  const gone = new Set<Json | undefined>();
  const plain: JsonRecord[] = [];
  let replaces = false;
  for (const item of records(patch)) {
    const directive = member(item, PATCH);
    if (directive === undefined) plain.push(item);
    else if (directive === 'replace') replaces = true;
    else if (directive === 'delete') gone.add(keyOf(item, mergeKey));
    else if (directive === 'merge') throw unexpected('merging lists cannot yet be specified in the patch');
    else throw badDirective(directive, item);
  }
  if (replaces) return { target: plain, patch: [] };
  const left = target.filter((each) => !isRecord(each) || !gone.has(member(each, mergeKey)));
  return { target: left, patch: plain };
}

/** @throws where the item is not known by anything */
function keyOf(item: JsonRecord, mergeKey: string): Json {
  const value = member(item, mergeKey);
  if (value === undefined) throw noMergeKey(item, mergeKey);
  return value;
}

function mergeItems(
  target: Json[],
  patch: readonly Json[],
  schema: Schema,
  mergeKey: string,
  mergeObject: MergeObject,
): Json[] {
  const places = new Map<Json | undefined, number>();
  for (const [place, item] of target.entries()) {
    const value = isRecord(item) ? member(item, mergeKey) : undefined;
    if (!places.has(value)) places.set(value, place);
  }
  for (const item of records(patch)) {
    const value = keyOf(item, mergeKey);
    const place = places.get(value);
    const found = place === undefined ? undefined : target[place];
    if (place !== undefined && isRecord(found)) target[place] = mergeObject(found, item, schema);
    else places.set(value, target.push(item) - 1);
  }
  return target;
}

function records(items: readonly Json[]): JsonRecord[] {
  return items.map((item) => {
    if (!isRecord(item)) throw badType('map', item);
    return item;
  });
}
