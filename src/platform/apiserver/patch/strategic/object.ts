/** Objects, member by member (k8s.io/apimachinery pkg/util/strategicpatch/patch.go, mergeMap). */
import type { Schema } from '../../schemas/schema.ts';
import { isList, isRecord, type Json, type JsonRecord, member, set } from '../json.ts';
import {
  carriedOut,
  DELETE_FROM,
  ELEMENT_ORDER,
  fieldOf,
  PATCH,
  plain,
  retainKeys,
  withoutNulls,
} from './directives.ts';
import { mergeOrdered } from './elementOrder.ts';
import { mergeList } from './list.ts';
import { fieldMeta, listMeta } from './lookup.ts';
import { badElementOrder, badPrimitiveList, goType } from './wrong.ts';

/** Both are changed. @throws Failure where the patch does not fit */
export function mergeObject(target: JsonRecord, patch: JsonRecord, schema: Schema): JsonRecord {
  const directive = member(patch, PATCH);
  if (directive !== undefined) return carriedOut(directive, patch);

  retainKeys(target, patch);
  mergeOrderedLists(target, patch, schema);
  for (const key of Object.keys(patch)) {
    const value = patch[key] ?? null;
    if (key.startsWith(DELETE_FROM)) deleteFrom(target, key, value, schema);
    else mergeMember(target, key, value, schema);
  }
  return target;
}

/** Lists with a `$setElementOrder/…` first: the two members of the patch are one change. */
function mergeOrderedLists(target: JsonRecord, patch: JsonRecord, schema: Schema): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ELEMENT_ORDER)) continue;
    const order = patch[key] ?? null;
    delete patch[key];
    const field = fieldOf(key, ELEMENT_ORDER);
    if (field === undefined) throw badElementOrder();

    const merged = mergeOrdered(member(target, field), member(patch, field), order, schema, field, mergeObject);
    if (merged === undefined) continue;
    set(target, field, merged);
    delete patch[field];
  }
}

function deleteFrom(target: JsonRecord, key: string, value: Json, schema: Schema): void {
  const field = fieldOf(key, DELETE_FROM);
  if (field === undefined) throw badPrimitiveList();
  if (value === null) {
    delete target[field];
    return;
  }
  const present = member(target, field);
  if (isList(present) && isList(value)) {
    set(target, field, mergeList(present, value, listMeta(schema, field), true, mergeObject));
  } else if (present !== undefined && goType(present) === goType(value)) mergeMember(target, field, value, schema);
}

function mergeMember(target: JsonRecord, key: string, value: Json, schema: Schema): void {
  if (value === null) {
    delete target[key];
    return;
  }
  const present = member(target, key);
  if (isRecord(present) && isRecord(value)) {
    const meta = fieldMeta(schema, key);
    set(target, key, meta.strategy === 'replace' ? value : mergeObject(present, value, meta.schema));
    return;
  }
  if (isList(present) && isList(value)) {
    const meta = listMeta(schema, key);
    set(target, key, meta.strategy === 'merge' ? mergeList(present, value, meta, false, mergeObject) : value);
    return;
  }
  const kept = plain(withoutNulls(value));
  if (kept === undefined) delete target[key];
  else set(target, key, kept);
}
