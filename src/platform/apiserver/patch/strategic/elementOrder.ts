/** A list whose order the patch says by `$setElementOrder/…` (mergePatchIntoOriginal in patch.go). */
import type { Schema } from '../../schemas/schema.ts';
import { isList, isRecord, type Json, member } from '../json.ts';
import { goText } from '../types/goText.ts';
import { ELEMENT_ORDER, PATCH, plain } from './directives.ts';
import { itemType, type MergeObject, mergeList } from './list.ts';
import { listMeta } from './lookup.ts';
import { inOrder } from './order.ts';
import { badType, noMergeKey, unexpected } from './wrong.ts';

/** @returns undefined where neither the object nor the patch has the list */
export function mergeOrdered(
  present: Json | undefined,
  change: Json | undefined,
  order: Json,
  schema: Schema,
  field: string,
  mergeObject: MergeObject,
): Json[] | undefined {
  const wanted = listOf(order);
  const before = present === undefined ? undefined : listOf(present);
  const patch = change === undefined ? undefined : listOf(change);
  const meta = listMeta(schema, field);
  checkOrder(patch ?? [], wanted, meta.mergeKey);

  const merged = mergedOf(before, patch, () => {
    if (before === undefined || patch === undefined) return [];
    return meta.strategy === 'merge' ? mergeList(before, patch, meta, false, mergeObject) : patch;
  });
  if (merged === undefined) return undefined;
  itemType(before ?? [], patch ?? []);
  return inOrder(merged, wanted, before ?? [], meta.mergeKey);
}

function mergedOf(
  before: readonly Json[] | undefined,
  patch: readonly Json[] | undefined,
  mergeBoth: () => readonly Json[],
): readonly Json[] | undefined {
  if (patch === undefined) return before;
  if (before !== undefined) return mergeBoth();
  const kept = plain([...patch]);
  return isList(kept) ? kept : [];
}

/** The patch's items stand in the wanted order, and are all in it. */
function checkOrder(patch: readonly Json[], wanted: readonly Json[], mergeKey: string): void {
  if (patch.length === 0 || wanted.length === 0) return;
  const items = mergeKey === '' ? patch : patch.filter((item) => !hasDirective(item));
  let place = 0;
  for (const item of items) {
    while (place < wanted.length && !isSame(item, wanted[place] ?? null, mergeKey)) place++;
    if (place >= wanted.length) {
      throw unexpected(
        `The order in patch list:\n${goText([...patch])}\n doesn't match ${ELEMENT_ORDER} list:\n${goText([...wanted])}\n`,
      );
    }
    place++;
  }
}

function hasDirective(item: Json): boolean {
  if (!isRecord(item)) throw badType('map', item);
  return Object.hasOwn(item, PATCH);
}

function isSame(left: Json, right: Json, mergeKey: string): boolean {
  if (mergeKey === '') return left === right;
  return identity(left, mergeKey) === identity(right, mergeKey);
}

function identity(item: Json, mergeKey: string): Json {
  if (!isRecord(item)) throw badType('map', item);
  const value = member(item, mergeKey);
  if (value === undefined) throw noMergeKey(item, mergeKey);
  return value;
}

function listOf(value: Json): Json[] {
  if (!isList(value)) throw badType('list', value);
  return value;
}
