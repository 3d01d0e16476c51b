/** Members of a patch that say how to merge, and are no members of the object. */
import { isList, isRecord, type Json, type JsonRecord, member, set } from '../json.ts';
import { badDirective, badRetainKeys } from './wrong.ts';

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM = '$deleteFromPrimitiveList';
export const ELEMENT_ORDER = '$setElementOrder';

/** The field that a directive is about: `$setElementOrder/ports` is about `ports`; undefined where it names none. */
export function fieldOf(key: string, directive: string): string | undefined {
  return key.startsWith(`${directive}/`) ? key.slice(directive.length + 1) : undefined;
}

/** What `$patch` in an object makes of it. @throws for an unknown one */
export function carriedOut(directive: Json, patch: JsonRecord): JsonRecord {
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw badDirective(directive, patch);
  delete patch[PATCH];
  return patch;
}

/** Takes from the object what `$retainKeys` does not list. @throws where it is no list, or the patch sets what it does not list */
export function retainKeys(target: JsonRecord, patch: JsonRecord): void {
  const keys = member(patch, RETAIN_KEYS);
  if (keys === undefined) return;
  delete patch[RETAIN_KEYS];
  if (!isList(keys)) throw badRetainKeys();

  const kept = new Set(keys);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER)) continue;
    if (!kept.has(key)) throw badRetainKeys();
  }
  for (const key of Object.keys(target)) if (!kept.has(key)) delete target[key];
}

/** What a patch sets where nothing stood: without directives; undefined where it is one itself. */
export function plain(value: Json): Json | undefined {
  if (isList(value)) return value.map(plain).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  if (Object.hasOwn(value, PATCH)) return undefined;
  const result: JsonRecord = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = plain(inner);
    if (kept !== undefined) set(result, key, kept);
  }
  return result;
}

/** Without members that are null; a null in a list is an item. */
export function withoutNulls(value: Json): Json {
  if (isList(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const result: JsonRecord = {};
  for (const [key, inner] of Object.entries(value)) if (inner !== null) set(result, key, withoutNulls(inner));
  return result;
}
