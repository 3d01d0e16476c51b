/** Metadata's members that managed fields have to do with. */
import {
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  objectAt,
} from '../../../../kubernetes/json.ts';
import { FieldSet, fieldPath } from '../fields/set.ts';

/** What nobody owns, since nobody sets it (k8s.io/apimachinery pkg/util/managedfields/internal/stripmeta.go). */
export const NOBODYS = FieldSet.of(
  fieldPath('apiVersion'),
  fieldPath('kind'),
  fieldPath('metadata'),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => fieldPath('metadata', name)),
);

export function managedFieldsOf(object: JsonObject | undefined): JsonValue | undefined {
  return objectAt(object, 'metadata')?.managedFields;
}

/** @param entries undefined: without the member */
export function withManagedFields(object: JsonObject, entries: JsonArray | undefined): JsonObject {
  const metadata = objectAt(object, 'metadata');
  if (entries === undefined) {
    if (metadata?.managedFields === undefined) return object;
    const { managedFields: _, ...rest } = metadata;
    return { ...object, metadata: rest };
  }
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}

/**
 * Whether somebody asks to forget all owners: one empty entry, or an empty list; of a custom resource, whose metadata
 * loses empty lists as it is read, the entry alone.
 */
export function isReset(entries: JsonValue | undefined, isCustom: boolean): boolean {
  if (!isArray(entries)) return false;
  const [first] = entries;
  if (first === undefined) return !isCustom;
  return entries.length === 1 && isObject(first) && Object.values(first).every((value) => value === null);
}
