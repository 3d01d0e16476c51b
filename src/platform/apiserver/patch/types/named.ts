/** The members that a type names, on the way to the fields of a set (fieldpath/set.go EnsureNamedFieldsAreMembers). */
import { FieldSet } from '../fields/set.ts';
import { memberType, type Type } from './type.ts';

/** The set, with each named member that something of the set is below. */
export function withNamedFields(set: FieldSet, type: Type | undefined): FieldSet {
  const result = new FieldSet();
  for (const { element, isMember, children } of set.level()) {
    const isNamed = children !== undefined && element.kind === 'field' && type?.map?.field(element.name) !== undefined;
    const inner =
      element.kind === 'field' ? innerOf(type, element.name) : element.kind === 'key' ? type?.list?.items() : undefined;
    result.add(element, isMember || isNamed, children === undefined ? undefined : withNamedFields(children, inner));
  }
  return result;
}

function innerOf(type: Type | undefined, name: string): Type | undefined {
  return type?.map === undefined ? undefined : memberType(type.map, name);
}
