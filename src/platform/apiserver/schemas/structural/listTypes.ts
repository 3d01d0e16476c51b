/** `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`: how lists and maps are merged, and what they need for it. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { forbiddenValue, invalidValue, notSupportedValue, requiredValue } from '../../status/causes.ts';
import type { Cause } from '../../status/failure.ts';
import { childPath, keyPath } from '../paths.ts';
import { isTrue, schemasIn, textIn } from './json.ts';

const LIST_TYPES = ['atomic', 'set', 'map'];
const MAP_TYPES = ['atomic', 'granular'];

export function listAndMapCauses(schema: JsonObject, path: string): Cause[] {
  const listType = given(schema, 'x-kubernetes-list-type');
  const mapType = given(schema, 'x-kubernetes-map-type');
  const causes: Cause[] = [];
  if (mapType !== undefined) {
    causes.push(...typeCauses(schema, 'object', 'x-kubernetes-map-type', path));
    if (!MAP_TYPES.includes(mapType)) {
      causes.push(notSupportedValue(childPath(path, 'x-kubernetes-map-type'), mapType, MAP_TYPES));
    }
  }
  if (listType !== undefined) {
    const wrong = typeCauses(schema, 'array', 'x-kubernetes-list-type', path);
    causes.push(...wrong);
    if (wrong.length === 0 && listType === 'set') causes.push(...setCauses(schema, path));
    if (!LIST_TYPES.includes(listType)) {
      causes.push(notSupportedValue(childPath(path, 'x-kubernetes-list-type'), listType, LIST_TYPES));
    }
  }
  causes.push(...keysCauses(schema, listType, path));
  if (listType === 'map') causes.push(...mapListCauses(schema, path));
  causes.push(...itemCauses(schema, listType, path));
  return causes;
}

function given(schema: JsonObject, key: string): string | undefined {
  const value = schema[key];
  return typeof value === 'string' ? value : undefined;
}

function typeCauses(schema: JsonObject, wanted: string, key: string, path: string): Cause[] {
  const type = textIn(schema, 'type');
  if (type === wanted) return [];
  const detail = `must be ${wanted} if ${key} is specified`;
  const field = childPath(path, 'type');
  return [type === '' ? requiredValue(field, detail) : invalidValue(field, type, detail)];
}

/** Of a set, items are whole: what they hold is not merged. */
function setCauses({ items }: JsonObject, path: string): Cause[] {
  if (!isObject(items)) return [];
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const below = childPath(path, 'items');
  const type = textIn(items, 'type');
  const listType = given(items, 'x-kubernetes-list-type');
  if (type === 'array' && listType !== undefined && listType !== 'atomic') {
    return [invalidValue(childPath(below, 'x-kubernetes-list-type'), listType, detail)];
  }
  if (type !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return [];
  return [invalidValue(childPath(below, 'x-kubernetes-map-type'), listType ?? null, detail)];
}

function keysOf(schema: JsonObject): readonly JsonValue[] {
  const keys = schema['x-kubernetes-list-map-keys'];
  return isArray(keys) ? keys : [];
}

function keysCauses(schema: JsonObject, listType: string | undefined, path: string): Cause[] {
  if (keysOf(schema).length === 0 || listType === 'map') return [];
  const field = childPath(path, 'x-kubernetes-list-type');
  const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
  return [listType === undefined ? requiredValue(field, detail) : invalidValue(field, listType, detail)];
}

function mapListCauses(schema: JsonObject, path: string): Cause[] {
  const causes: Cause[] = [];
  const keys = keysOf(schema);
  const field = childPath(path, 'x-kubernetes-list-map-keys');
  if (keys.length === 0) causes.push(requiredValue(field, 'must not be empty if x-kubernetes-list-type is map'));
  const { items } = schema;
  const below = childPath(path, 'items');
  if (items === undefined) causes.push(requiredValue(below, 'must have a schema if x-kubernetes-list-type is map'));
  if (!isObject(items)) return causes;

  const type = textIn(items, 'type');
  if (type !== 'object') {
    const detail = "must be object if parent array's x-kubernetes-list-type is map";
    return [...causes, invalidValue(childPath(below, 'type'), type, detail)];
  }
  const properties = new Map(schemasIn(items.properties));
  const seen = new Set<JsonValue>();
  for (const key of keys) {
    const property = typeof key === 'string' ? properties.get(key) : undefined;
    const keyType = property === undefined ? '' : textIn(property, 'type');
    if (property === undefined) causes.push(invalidValue(field, keys, 'entries must all be names of item properties'));
    else if (keyType === 'array' || keyType === 'object') {
      const place = childPath(keyPath(childPath(below, 'properties'), String(key)), 'type');
      causes.push(invalidValue(place, type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (seen.has(key)) causes.push(invalidValue(field, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  return causes;
}

/** What a list tells its items apart by is always there, and never null. */
function itemCauses(schema: JsonObject, listType: string | undefined, path: string): Cause[] {
  const { items } = schema;
  if (!isObject(items) || (listType !== 'map' && listType !== 'set')) return [];
  const causes: Cause[] = [];
  const below = childPath(path, 'items');
  if (isTrue(items, 'nullable')) {
    const detail = `cannot be nullable when x-kubernetes-list-type is ${listType}`;
    causes.push(forbiddenValue(childPath(below, 'nullable'), detail));
  }
  if (listType !== 'map') return causes;
  const properties = new Map(schemasIn(items.properties));
  const required = isArray(items.required) ? items.required : [];
  for (const key of keysOf(schema)) {
    const property = typeof key === 'string' ? properties.get(key) : undefined;
    if (property === undefined) continue;
    const place = keyPath(childPath(below, 'properties'), String(key));
    if (!required.includes(key) && property.default === undefined) {
      const detail =
        'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      causes.push(requiredValue(childPath(place, 'default'), detail));
    }
    if (isTrue(property, 'nullable')) {
      const detail = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
      causes.push(forbiddenValue(childPath(place, 'nullable'), detail));
    }
  }
  return causes;
}
