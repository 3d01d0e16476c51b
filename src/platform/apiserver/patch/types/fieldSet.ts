/** The fields that a value sets (sigs.k8s.io/structured-merge-diff/v6 typed/tofieldset.go). */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { fieldElement } from '../fields/element.ts';
import { FieldSet } from '../fields/set.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, shapeOf, type Type } from './type.ts';

/** @throws where an item of a list has no place in it */
export function fieldsOf(type: Type, value: JsonValue): FieldSet {
  return below(type, value) ?? new FieldSet();
}

/** What is below a value, or `undefined` where the value is one field as a whole. */
function below(type: Type, value: JsonValue): FieldSet | undefined {
  const { shape } = shapeOf(type, value);
  if (shape === 'map' && type.map !== undefined) {
    if (type.map.isAtomic) return undefined;
    return isObject(value) ? members(type.map, value) : new FieldSet();
  }
  if (shape === 'list' && type.list !== undefined) {
    if (type.list.isAtomic) return undefined;
    return isArray(value) ? items(type.list, value) : new FieldSet();
  }
  return undefined;
}

function members(map: MapType, object: JsonObject): FieldSet {
  const set = new FieldSet();
  for (const name of Object.keys(object)) {
    const value = object[name] ?? null;
    const named = map.field(name);
    const type = named ?? map.others();
    if (type === undefined) continue;
    const inner = below(type, value);
    const isEmpty = value === null || (isObject(value) && Object.keys(value).length === 0);
    set.add(fieldElement(name), inner === undefined || isEmpty || named === undefined, inner);
  }
  return set;
}

function items(list: ListType, value: JsonArray): FieldSet {
  const set = new FieldSet();
  const elements = value.map((item) => itemElement(list, item));
  const count = new Map<string, number>();
  for (const { text } of elements) count.set(text, (count.get(text) ?? 0) + 1);

  for (const [index, element] of elements.entries()) {
    const isSingle = count.get(element.text) === 1;
    set.add(element, true, isSingle ? below(list.items(), value[index] ?? null) : undefined);
  }
  return set;
}
