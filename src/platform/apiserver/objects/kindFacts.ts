/** What the generic registry is told per kind in Kubernetes' pkg/registry, where it is not the same for all. */

import type { JsonObject } from '../../../kubernetes/json.ts';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '../../../kubernetes/names.ts';
import { finalizersOf } from '../../../kubernetes/object.ts';
import type { Resource } from '../resources/resource.ts';
import { invalidValue } from '../status/causes.ts';
import type { Cause } from '../status/failure.ts';
import {
  FOREGROUND_FINALIZER,
  metadataCauses,
  type NameRule,
  ORPHAN_FINALIZER,
  pathSegmentRule,
} from './metadata/validate.ts';

/** `ReturnDeletedObject`: a DELETE answers with the object instead of a Status. */
const RETURNED_WHEN_DELETED = new Set([
  'deviceclasses.resource.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

/** `AllowUnconditionalUpdate` is false: a PUT must name the resourceVersion. Custom resources are of these. */
const CONDITIONAL = new Set([
  'customresourcedefinitions.apiextensions.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'runtimeclasses.node.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

/** `DefaultGarbageCollectionPolicy` is OrphanDependents. */
const ORPHAN_BY_DEFAULT = new Set(['replicationcontrollers', 'jobs.batch']);
/** … is Unsupported. */
const NEVER_OWNERS = new Set(['events']);

/** Whose names become labels of DNS. */
const LABEL_NAMES = ['namespaces', 'services', 'statefulsets.apps'];
const RBAC = 'rbac.authorization.k8s.io';

export function isReturnedWhenDeleted({ storedAs }: Resource): boolean {
  return RETURNED_WHEN_DELETED.has(storedAs);
}

export function mustNameItsVersion({ storedAs, isCustom }: Resource): boolean {
  return isCustom || CONDITIONAL.has(storedAs);
}

export function orphansByDefault({ storedAs }: Resource): boolean {
  return ORPHAN_BY_DEFAULT.has(storedAs);
}

export function mayOwn({ storedAs }: Resource): boolean {
  return !NEVER_OWNERS.has(storedAs);
}

/** The finalizers without a domain that Kubernetes knows. */
const STANDARD_FINALIZERS = ['kubernetes', ORPHAN_FINALIZER, FOREGROUND_FINALIZER];

/** What is wrong with metadata as the kind's own validation sees it (pkg/apis/core/validation ValidateObjectMeta). */
export function kindMetadataCauses(object: JsonObject, resource: Resource): Cause[] {
  const causes = metadataCauses(object, resource.isNamespaced, nameRuleOf(resource));
  if (resource.isCustom) return causes;
  for (const [index, finalizer] of finalizersOf(object).entries()) {
    if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) continue;
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    causes.push(invalidValue(`metadata.finalizers[${index}]`, finalizer, why));
  }
  return causes;
}

/** How an object of the resource may be called. */
function nameRuleOf({ storedAs, group }: Resource): NameRule {
  if (group === RBAC) return pathSegmentRule;
  if (LABEL_NAMES.includes(storedAs)) return onPrefix(dns1123LabelErrors);
  return onPrefix((name) => dns1123SubdomainErrors(name));
}

/** A dash at the end of a prefix is fine: something follows (maskTrailingDash in pkg/api/validation/generic.go). */
function onPrefix(rule: (name: string) => readonly string[]): NameRule {
  return (name, isPrefix) => rule(isPrefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);
}

/** What the kind is called where an object is invalid: Kubernetes knows the Events of both groups as those of the core group. */
export function internalKind({ group, kind }: Resource): { group: string; kind: string } {
  return { group: group === 'events.k8s.io' ? '' : group, kind };
}
