/** JSON that may be changed: a request's own copy, which no other holds. */
import { isArray, isObject, type JsonValue, setOwn } from '../../../kubernetes/json.ts';

export type Json = string | number | boolean | null | Json[] | JsonRecord;
export interface JsonRecord {
  [key: string]: Json;
}

/** A deep copy. A key `__proto__` stays a key. */
export function thaw(value: JsonValue): Json {
  if (isArray(value)) return value.map(thaw);
  if (!isObject(value)) return value;
  const copy: JsonRecord = {};
  for (const key of Object.keys(value)) set(copy, key, thaw(value[key] ?? null));
  return copy;
}

/** Sets an own member, also `__proto__`. */
export function set(record: JsonRecord, key: string, value: Json): void {
  setOwn(record as { [key: string]: JsonValue | undefined }, key, value);
}

/** The record's own member. */
export function member(record: JsonRecord, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is Json[] {
  return Array.isArray(value);
}
