/** Objects while they are made: a deep copy that may be changed, and the ways to fill it in. */
import { isArray, isObject, type JsonObject, type JsonValue, ownMember, setOwn } from '../../../kubernetes/json.ts';

export type DraftValue = string | number | boolean | null | DraftValue[] | Draft;
export interface Draft {
  [key: string]: DraftValue | undefined;
}

/** A deep copy. Members that are undefined are left out, as in JSON. */
export function copyOf(object: JsonObject): Draft {
  const draft: Draft = {};
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined) setOwn(draft, key, copyValue(value));
  }
  return draft;
}

export function copyValue(value: JsonValue): DraftValue {
  if (isArray(value)) return value.map(copyValue);
  return isObject(value) ? copyOf(value) : value;
}

/** The draft's own member where it is an object. */
export function draftAt(draft: Draft | undefined, ...keys: readonly string[]): Draft | undefined {
  let at: Draft | undefined = draft;
  for (const key of keys) {
    const member: DraftValue | undefined = at === undefined || !Object.hasOwn(at, key) ? undefined : at[key];
    at = isDraft(member) ? member : undefined;
  }
  return at;
}

/** The objects of a list; what is no object is left out. */
export function draftsAt(draft: Draft | undefined, key: string): Draft[] {
  const list = draft !== undefined && Object.hasOwn(draft, key) ? draft[key] : undefined;
  return Array.isArray(list) ? list.filter(isDraft) : [];
}

/** The object under the key, made where there is none. */
export function ensure(draft: Draft, key: string): Draft {
  const present = draftAt(draft, key);
  if (present !== undefined) return present;
  const made: Draft = {};
  setOwn(draft, key, made);
  return made;
}

/** Sets what is not set: Go's nil pointer. */
export function fill(draft: Draft | undefined, key: string, value: DraftValue): void {
  if (draft === undefined) return;
  const present = ownMember(draft, key);
  if (present === undefined || present === null) setOwn(draft, key, value);
}

/** Sets what is not set or empty: Go's zero value, which a client may also have written. */
export function fillEmpty(draft: Draft | undefined, key: string, value: DraftValue): void {
  if (draft === undefined) return;
  const present = ownMember(draft, key);
  if (present === undefined || present === null || present === '' || present === 0) setOwn(draft, key, value);
}

export function isDraft(value: DraftValue | undefined): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
