/** Which item of a list is which (sigs.k8s.io/structured-merge-diff/v6 typed/helpers.go). */
import { isArray, isObject, type JsonValue, ownMember } from '../../../../kubernetes/json.ts';
import { type KeyField, keyElement, type PathElement, valueElement } from '../fields/element.ts';
import type { ListType } from './type.ts';

/**
 * The item's place in its list, which is not atomic: by its keys, or the scalar itself. A key that is absent has the
 * default of its type.
 *
 * @throws where the item has no place
 */
export function itemElement(list: ListType, item: JsonValue): PathElement {
  return list.keys.length > 0 ? keyedElement(list, item) : scalarElement(item);
}

function keyedElement(list: ListType, item: JsonValue): PathElement {
  if (item === null) throw new Error('associative list with keys may not have a null element');
  if (!isObject(item)) throw new Error('associative list with keys may not have non-map elements');

  const fields: KeyField[] = [];
  for (const name of list.keys) {
    const value = ownMember(item, name) ?? list.items().map?.defaultOf(name);
    if (value !== undefined) fields.push([name, value]);
  }
  if (fields.length === 0) {
    const names = `[${list.keys.map((name) => JSON.stringify(name)).join(' ')}]`;
    throw new Error(
      `associative list with keys has an element that omits all key fields ${names} (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(fields);
}

function scalarElement(item: JsonValue): PathElement {
  if (isObject(item)) throw new Error("associative list without keys has an element that's a map type");
  if (isArray(item)) throw new Error('not supported: associative list with lists as elements');
  if (item === null) throw new Error("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}
