/**
 * What Roles grant, and to whom bindings give it.
 *
 * Semantics: k8s.io/api rbac/v1 types.go and kubernetes pkg/apis/rbac/v1/evaluation_helpers.go: a grant holds for the
 * product of its verbs, groups and resources, `*` stands for all of them, and resourceNames narrow it.
 */
import { arrayAt, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { clusterRole, role } from '../../../kubernetes/kinds.ts';
import { labelsFrom, selects } from '../../../kubernetes/labelSelector.ts';
import { labelsOf } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { Subject } from '../../engine/subject.ts';

export interface Grant {
  readonly index: number;
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** The rules of a Role or ClusterRole; a rule that is no object is left out. */
export function grantsOf(object: JsonObject): Grant[] {
  const grants: Grant[] = [];
  for (const [index, rule] of arrayAt(object, 'rules').entries()) {
    if (!isObject(rule)) continue;
    grants.push({
      index,
      verbs: texts(rule, 'verbs'),
      apiGroups: texts(rule, 'apiGroups'),
      resources: texts(rule, 'resources'),
      resourceNames: texts(rule, 'resourceNames'),
      nonResourceURLs: texts(rule, 'nonResourceURLs'),
    });
  }
  return grants;
}

/** The rules that hold in the end: those of a ClusterRole that aggregates others are those of the others in sight. */
export function effectiveGrants(object: JsonObject, inventory: Inventory): Grant[] {
  const grants = grantsOf(object);
  const selectors = arrayAt(object, 'aggregationRule', 'clusterRoleSelectors');
  if (selectors.length === 0) return grants;
  for (const other of inventory.all(clusterRole)) {
    const labels = labelsFrom(labelsOf(other));
    if (selectors.some((selector) => isObject(selector) && selects(selector, labels) === 'yes')) {
      grants.push(...grantsOf(other));
    }
  }
  return grants;
}

export function includes(values: readonly string[], wanted: string): boolean {
  return values.includes(wanted) || values.includes('*');
}

/** The Role or ClusterRole that a binding gives, where it is in sight. */
export function boundRole(binding: Subject, inventory: Inventory): JsonObject | undefined {
  const reference = objectAt(binding.object, 'roleRef');
  const name = stringAt(reference, 'name') ?? '';
  return stringAt(reference, 'kind') === 'Role'
    ? inventory.find(role, binding.namespace, name)
    : inventory.find(clusterRole, '', name);
}

export interface BoundSubject {
  readonly index: number;
  readonly kind: string;
  readonly name: string;
  /** Of a ServiceAccount; the binding's where the subject leaves it out. */
  readonly namespace: string;
}

export function subjectsOf(binding: Subject): BoundSubject[] {
  const subjects: BoundSubject[] = [];
  for (const [index, subject] of arrayAt(binding.object, 'subjects').entries()) {
    const kind = stringAt(subject, 'kind') ?? '';
    const name = stringAt(subject, 'name') ?? '';
    const namespace = kind === 'ServiceAccount' ? (stringAt(subject, 'namespace') ?? binding.namespace) : '';
    if (kind !== '' && name !== '') subjects.push({ index, kind, name, namespace });
  }
  return subjects;
}

/** As policies write it: `Group:platform`, `ServiceAccount:argocd/argocd-application-controller`. */
export function subjectKey({ kind, name, namespace }: BoundSubject): string {
  return kind === 'ServiceAccount' ? `${kind}:${namespace}/${name}` : `${kind}:${name}`;
}

function texts(rule: JsonObject, field: string): string[] {
  const values: readonly JsonValue[] = arrayAt(rule, field);
  return values.filter((value) => typeof value === 'string');
}
