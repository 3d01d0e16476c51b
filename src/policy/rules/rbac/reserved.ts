import { objectAt, stringAt } from '../../../kubernetes/json.ts';
import { clusterRole, clusterRoleBinding, type Kind, keyOf, role, roleBinding } from '../../../kubernetes/kinds.ts';
import { labelsOf, referenceTo } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule, type RuleContext, type Violation } from '../../engine/rule.ts';
import { Subject } from '../../engine/subject.ts';
import type { ReservedAccess } from '../../model/rbac.ts';
import { matchesPattern } from '../../pattern.ts';
import {
  type BoundSubject,
  boundRole,
  effectiveGrants,
  type Grant,
  includes,
  subjectKey,
  subjectsOf,
} from './grants.ts';

const WRITES = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/**
 * Who may set what: write access that the policy keeps for some subjects.
 *
 * Judged at the binding, with its role in sight; and at a ClusterRole whose labels add it to the built-in admin, edit
 * or view, since those are bound to whoever a team likes. At the API, where either may come first, a role is judged with
 * the bindings in sight, too. A finding rests on what is there, and not on what is missing: it holds at every door.
 *
 * The doors agree on what both see. A binding to a ClusterRole that no manifest of the input has (Kubernetes' own `edit`,
 * an operator's) is told at the API alone: what such a role gives hangs on the cluster, whose other roles add to it.
 */
export const rbacReserved = defineRule({
  id: 'rbac/reserved',
  title: 'reserved resources are written by the subjects that the policy names',
  why: 'Who can write an exception, or turn off the webhook, decides what the policy is worth. At the API every ClusterRole of the cluster is in sight; `weir check` sees those of its input, and says nothing of a binding to another, such as `edit`.',
  howToFix: 'Take the write verbs out of the role, bind somebody whom `rbac.reserved` names, or add the subject there.',
  kinds: [roleBinding, clusterRoleBinding, clusterRole, role],
  action: 'deny',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: exceptions, namespace: shop}
rules:
- apiGroups: [weir.dev]
  resources: [policyexceptions]
  verbs: [get, list, create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: exceptions, namespace: shop}
subjects:
- {kind: Group, name: team-shop, apiGroup: rbac.authorization.k8s.io}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: exceptions}
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: exceptions, namespace: shop}
rules:
- apiGroups: [weir.dev]
  resources: [policyexceptions]
  verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: exceptions, namespace: shop}
subjects:
- {kind: Group, name: team-shop, apiGroup: rbac.authorization.k8s.io}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: exceptions}
`,
  },

  judge(subject, context) {
    const reserved = context.policy.rbac?.reserved;
    if (reserved === undefined || reserved.length === 0) return [];
    if (subject.key === roleBinding.key || subject.key === clusterRoleBinding.key) {
      return judgeBinding(subject, reserved, context);
    }
    const aggregated = subject.key === clusterRole.key ? judgeAggregated(subject, reserved, context) : [];
    return context.user === undefined ? aggregated : [...aggregated, ...judgeBound(subject, reserved, context)];
  },
});

function judgeBinding(subject: Subject, reserved: readonly ReservedAccess[], { policy, inventory }: RuleContext) {
  const given = boundRole(subject, inventory);
  if (given === undefined) return [];

  const violations: Violation[] = [];
  const grants = effectiveGrants(given, inventory);
  for (const access of reserved) {
    const resource = writtenBy(grants, access);
    if (resource === undefined) continue;
    for (const bound of subjectsOf(subject)) {
      if (isNamed(bound, access)) continue;
      const role = keyOf(given) === clusterRole.key ? 'ClusterRole' : 'Role';
      violations.push({
        path: pointer('subjects', bound.index),
        message: `${subjectKey(bound)} may write ${resource} through ${role} ${referenceTo(given).name}, and ${policy.name} keeps that for ${access.subjects.join(', ') || 'nobody'}`,
      });
    }
  }
  return violations;
}

function judgeAggregated(subject: Subject, reserved: readonly ReservedAccess[], { policy, inventory }: RuleContext) {
  const label = Object.keys(labelsOf(subject.object)).find((key) => AGGREGATIONS.has(key));
  if (label === undefined) return [];

  const violations: Violation[] = [];
  const grants = effectiveGrants(subject.object, inventory);
  for (const access of reserved) {
    const resource = writtenBy(grants, access);
    if (resource === undefined) continue;
    violations.push({
      path: pointer('metadata', 'labels', label),
      message: `ClusterRole ${subject.name} lets everybody who is bound to ${label.slice(label.lastIndexOf('-') + 1)} write ${resource}, and ${policy.name} keeps that for ${access.subjects.join(', ') || 'nobody'}`,
    });
  }
  return violations;
}

/** What bindings in sight give of the role to others than the policy names. */
function judgeBound(subject: Subject, reserved: readonly ReservedAccess[], { policy, inventory }: RuleContext) {
  const violations: Violation[] = [];
  const grants = effectiveGrants(subject.object, inventory);
  for (const access of reserved) {
    const written = writtenBy(grants, access);
    if (written === undefined) continue;
    for (const { binding, bound } of boundTo(subject, inventory)) {
      if (isNamed(bound, access)) continue;
      violations.push({
        path: '/rules',
        message: `${subjectKey(bound)} may write ${written} by ${subject.reference.kind} ${subject.name}, through ${binding}, and ${policy.name} keeps that for ${access.subjects.join(', ') || 'nobody'}`,
      });
    }
  }
  return violations;
}

function boundTo({ key, name, namespace }: Subject, inventory: Inventory): { binding: string; bound: BoundSubject }[] {
  const found: { binding: string; bound: BoundSubject }[] = [];
  const kinds: readonly Kind[] = key === role.key ? [roleBinding] : [roleBinding, clusterRoleBinding];
  for (const kind of kinds) {
    const bindings = key === role.key ? inventory.inNamespace(kind, namespace) : inventory.all(kind);
    for (const object of bindings) {
      const reference = objectAt(object, 'roleRef');
      if (
        stringAt(reference, 'name') !== name ||
        stringAt(reference, 'kind') !== (key === role.key ? 'Role' : 'ClusterRole')
      )
        continue;
      const binding = `${kind.kind} ${referenceTo(object).name}`;
      for (const bound of subjectsOf(new Subject(object))) found.push({ binding, bound });
    }
  }
  return found;
}

const AGGREGATIONS = new Set([
  'rbac.authorization.k8s.io/aggregate-to-admin',
  'rbac.authorization.k8s.io/aggregate-to-edit',
  'rbac.authorization.k8s.io/aggregate-to-view',
]);

/** The first of the resources that the grants let somebody write. */
function writtenBy(grants: readonly Grant[], access: ReservedAccess): string | undefined {
  for (const resource of access.resources) {
    for (const grant of grants) {
      if (!includes(grant.apiGroups, access.apiGroup) || !includes(grant.resources, resource)) continue;
      if (WRITES.some((verb) => includes(grant.verbs, verb))) return resource;
    }
  }
  return undefined;
}

function isNamed(bound: BoundSubject, access: ReservedAccess): boolean {
  const key = subjectKey(bound);
  return access.subjects.some((pattern) => matchesPattern(pattern, key));
}
