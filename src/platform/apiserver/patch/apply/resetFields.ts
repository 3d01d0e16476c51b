/**
 * Fields that nobody can set by a way, whatever a request holds: the status on the main resource, the spec on its
 * status. Who sends them does not own them (`GetResetFields` of k8s.io/kubernetes pkg/registry/…/strategy.go).
 */
import { FieldSet, fieldPath } from '../fields/set.ts';
import type { ManagedResource } from '../resource.ts';

const NONE = new FieldSet();
const STATUS = FieldSet.of(fieldPath('status'));
const SPEC = FieldSet.of(fieldPath('spec'));
const SPEC_AND_METADATA = FieldSet.of(fieldPath('spec'), fieldPath('metadata'));

/** By group and kind, where it is not the spec alone. */
const ON_STATUS: Readonly<Record<string, FieldSet>> = {
  'apps/Deployment': FieldSet.of(fieldPath('spec'), fieldPath('metadata', 'labels')),
  '/Pod': FieldSet.of(
    fieldPath('spec'),
    fieldPath('metadata', 'deletionTimestamp'),
    fieldPath('metadata', 'ownerReferences'),
  ),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': SPEC_AND_METADATA,
};

/** @param apiVersion whose fields are asked for: those of an entry may be of another version than the request */
export function resetFields(resource: ManagedResource, subresource: string, apiVersion: string): FieldSet {
  const { group, version, kind, isCustom, hasStatus } = resource;
  const isOwn = apiVersion === (group === '' ? version : `${group}/${version}`);
  if (!hasStatus) return NONE;
  if (subresource === '') return isOwn || !isCustom ? STATUS : NONE;
  if (subresource === 'finalize') return STATUS;
  if (subresource !== 'status') return NONE;
  return isCustom ? SPEC_AND_METADATA : (ON_STATUS[`${group}/${kind}`] ?? SPEC);
}
