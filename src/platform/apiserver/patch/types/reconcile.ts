/** Fields that were owned before their type changed (sigs.k8s.io/structured-merge-diff/v6 typed/reconcile_schema.go). */
import type { PathElement } from '../fields/element.ts';
import { FieldSet, type Path } from '../fields/set.ts';
import { memberType, type Type } from './type.ts';

/**
 * The set as the type has it now: of a list or object that has become atomic, the whole is owned by those who owned a
 * part of it. From atomic to granular nothing is to be done.
 */
export function reconcile(set: FieldSet, type: Type): FieldSet {
  const whole = new FieldSet();
  walk(set, type, [], false, whole);
  return whole.isEmpty ? set : set.recursiveDifference(whole).union(whole);
}

/** @param isWhole whether the field is owned, and nothing below it */
function walk(set: FieldSet | undefined, type: Type, path: Path, isWhole: boolean, whole: FieldSet): void {
  if (type.map !== undefined) {
    if (type.map.isDeduced) return;
    if (type.map.isAtomic) {
      if (!isWhole && set !== undefined && !set.isEmpty) whole.insert(path);
      return;
    }
    const { map } = type;
    descend(set, path, whole, (element) => memberType(map, element.kind === 'field' ? element.name : ''));
    return;
  }
  if (type.scalar !== undefined || type.list === undefined) return;
  if (type.list.isAtomic) {
    if (!isWhole) whole.insert(path);
    return;
  }
  const { list } = type;
  descend(set, path, whole, () => list.items());
}

function descend(
  set: FieldSet | undefined,
  path: Path,
  whole: FieldSet,
  typeOf: (element: PathElement) => Type | undefined,
): void {
  for (const { element, isMember, children } of set?.level() ?? []) {
    const type = typeOf(element);
    if (type === undefined) continue;
    walk(children, type, [...path, element], isMember && children === undefined, whole);
  }
}
