/** The fields that a value sets (sigs.k8s.io/structured-merge-diff/v6 typed/tofieldset.go). */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { fieldElement, type PathElement } from '../fields/element.ts';
import { FieldSet, type Path } from '../fields/set.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, memberType, shapeOf, type Type } from './type.ts';

/** @throws where an item of a list has no place in it */
export function fieldsOf(type: Type, value: JsonValue): FieldSet {
  const set = new FieldSet();
  walk(type, value, [], set);
  return set;
}

function walk(type: Type, value: JsonValue, path: Path, set: FieldSet): void {
  const { shape } = shapeOf(type, value);
  if (shape === 'map' && type.map !== undefined) {
    if (type.map.isAtomic) set.insert(path);
    else if (isObject(value)) members(type.map, value, path, set);
    return;
  }
  if (shape === 'list' && type.list !== undefined) {
    if (type.list.isAtomic) set.insert(path);
    else if (isArray(value)) items(type.list, value, path, set);
    return;
  }
  set.insert(path);
}

function members(map: MapType, object: JsonObject, path: Path, set: FieldSet): void {
  for (const name of Object.keys(object)) {
    const value = object[name] ?? null;
    const type = memberType(map, name);
    if (type === undefined) continue;
    const below = [...path, fieldElement(name)];
    walk(type, value, below, set);
    const isEmpty = value === null || (isObject(value) && Object.keys(value).length === 0);
    if (isEmpty || map.field(name) === undefined) set.insert(below);
  }
}

function items(list: ListType, value: JsonArray, path: Path, set: FieldSet): void {
  const elements = value.map((item) => itemElement(list, item));
  const count = new Map<string, number>();
  for (const { text } of elements) count.set(text, (count.get(text) ?? 0) + 1);

  for (const [index, element] of elements.entries()) {
    const below: PathElement[] = [...path, element];
    if (count.get(element.text) === 1) walk(list.items(), value[index] ?? null, below, set);
    set.insert(below);
  }
}
