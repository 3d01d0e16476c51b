/** Lists in which nothing may stand twice (k8s.io/apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go). */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  ownMember,
} from '../../../../kubernetes/json.ts';
import { duplicateValue, goJson, invalidValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, indexPath, keyPath } from '../paths.ts';
import type { Schema } from '../schema.ts';

export function listCauses(value: JsonValue, schema: Schema, path: string): Cause[] {
  if (isArray(value)) return arrayCauses(value, schema, path);
  return isObject(value) ? objectCauses(value, schema, path) : [];
}

function objectCauses(object: JsonObject, schema: Schema, path: string): Cause[] {
  const causes: Cause[] = [];
  const { properties = {}, additionalProperties } = schema;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property !== undefined) causes.push(...listCauses(value, property, childPath(path, key)));
    else if (typeof additionalProperties === 'object') {
      causes.push(...listCauses(value, additionalProperties, keyPath(path, key)));
    }
  }
  return causes;
}

function arrayCauses(list: JsonArray, schema: Schema, path: string): Cause[] {
  const causes: Cause[] = [];
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') {
    for (const index of repeated(list)) causes.push(duplicateValue(indexPath(path, index), list[index]));
  } else if (type === 'map') causes.push(...mapListCauses(list, schema, path));

  const { items } = schema;
  if (items === undefined) return causes;
  for (const [index, item] of list.entries()) causes.push(...listCauses(item, items, indexPath(path, index)));
  return causes;
}

function mapListCauses(list: JsonArray, schema: Schema, path: string): Cause[] {
  const wrong = list.findIndex((item) => item !== null && !isObject(item));
  if (wrong >= 0) {
    const detail = 'must be an object for an array of list-type map';
    return [invalidValue(indexPath(path, wrong), list[wrong], detail)];
  }
  const keys = list.map((item) => keysOf(item, schema['x-kubernetes-list-map-keys'] ?? []));
  return repeated(keys).map((index) => duplicateValue(indexPath(path, index), keys[index]));
}

function keysOf(item: JsonValue, names: readonly string[]): JsonObject {
  const keys: Record<string, JsonValue> = {};
  for (const name of names) {
    const value = isObject(item) ? ownMember(item, name) : undefined;
    if (value !== undefined) keys[name] = value;
  }
  return keys;
}

/** Where something stands the second time; a third time is not told. */
function repeated(list: JsonArray): number[] {
  const seen = new Map<string, number>();
  const places: number[] = [];
  for (const [index, item] of list.entries()) {
    const text = goJson(item);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times === 2) places.push(index);
  }
  return places;
}
