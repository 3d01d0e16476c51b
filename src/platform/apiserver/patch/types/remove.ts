/** A value without some of its fields (sigs.k8s.io/structured-merge-diff/v6 typed/remove.go). */
import { isArray, isObject, type JsonValue, setOwn } from '../../../../kubernetes/json.ts';
import { fieldElement } from '../fields/element.ts';
import type { FieldSet } from '../fields/set.ts';
import { itemElement } from './listItem.ts';
import { type ListType, type MapType, memberType, shapeOf, type Type } from './type.ts';

/** Of what becomes empty null stays, as upstream has it; its holder keeps that. */
export function removeFields(type: Type, value: JsonValue, fields: FieldSet): JsonValue {
  const { shape } = shapeOf(type, value);
  if (shape === 'map' && type.map !== undefined) return fromMap(type.map, value, fields);
  if (shape === 'list' && type.list !== undefined) return fromList(type.list, value, fields);
  return value;
}

function fromMap(map: MapType, value: JsonValue, fields: FieldSet): JsonValue {
  if (!isObject(value) || map.isAtomic) return null;

  const left: { [key: string]: JsonValue | undefined } = {};
  for (const name of Object.keys(value)) {
    const element = fieldElement(name);
    if (fields.hasMember(element)) continue;
    const below = fields.below(element);
    const type = memberType(map, name);
    const member = value[name] ?? null;
    setOwn(left, name, below === undefined || type === undefined ? member : removeFields(type, member, below));
  }
  return Object.keys(left).length > 0 ? left : null;
}

function fromList(list: ListType, value: JsonValue, fields: FieldSet): JsonValue {
  if (!isArray(value) || list.isAtomic) return null;

  const left: JsonValue[] = [];
  for (const item of value) {
    const element = itemElement(list, item);
    if (fields.hasMember(element)) continue;
    const below = fields.below(element);
    left.push(below === undefined ? item : removeFields(list.items(), item, below));
  }
  return left.length > 0 ? left : null;
}
