import { clusterRole, role } from '../../../kubernetes/kinds.ts';
import { shortTitleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type Grant, grantsOf, includes } from './grants.ts';

/**
 * No role lets its holder become more than it is.
 *
 * The API server keeps people from granting what they do not have; `escalate` and `bind` lift that, `impersonate` and
 * tokens of other accounts go around it (https://kubernetes.io/docs/concepts/security/rbac-good-practices/). To act as a
 * group of `spec.admission.breakGlass` is what that group is for; whoever does so has the rights of that group alone.
 *
 * Since Kubernetes 1.36 there is impersonation in two halves (k8s.io/apiserver pkg/endpoints/filters/impersonation/mode.go):
 * `impersonate:<mode>` says as whom, `impersonate-on:<mode>:<verb>` what for. Each is told, for the other may stand in any
 * other role, also in one that nobody judged.
 */
export const rbacEscalation = defineRule({
  id: 'rbac/escalation',
  title: 'no role lets its holder become more than it is',
  why: 'Who may do one of these may do everything: the role is cluster-admin under another name.',
  howToFix: 'Leave the verb out; let an account of the platform write the roles and bindings.',
  kinds: [role, clusterRole],
  action: 'deny',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: team-admin}
rules:
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles]
  verbs: [get, list, escalate]
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: team-admin}
rules:
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles]
  verbs: [get, list]
`,
  },

  judge(subject, { policy }) {
    const breakGlass = policy.admission?.breakGlass?.groups ?? [];
    const violations: Violation[] = [];
    for (const grant of grantsOf(subject.object)) {
      for (const verb of escalationsIn(grant, breakGlass)) {
        violations.push({
          path: pointer('rules', grant.index, 'verbs', grant.verbs.indexOf(verb)),
          message: `rule ${grant.index + 1} of ${shortTitleOf(subject.reference)} grants ${verb} on ${[...grant.resources, ...grant.nonResourceURLs].join(', ')}, ${meaningOf(verb)}; leave it out`,
        });
      }
    }
    return violations;
  },
});

const MEANINGS: Readonly<Record<string, string>> = {
  escalate: 'which lets its holder write roles that grant more than it has',
  bind: 'which lets its holder give itself any role',
  impersonate: 'which lets its holder act as somebody else',
  create: 'which lets its holder act as any account of the namespace',
};

/** As whom, and what for; a mode is `user-info`, `serviceaccount`, `arbitrary-node` or `associated-node`. */
const AS_WHOM = 'impersonate:';
const WHAT_FOR = 'impersonate-on:';

function meaningOf(verb: string): string | undefined {
  if (verb.startsWith(WHAT_FOR)) return 'which lets its holder do so as somebody else';
  return MEANINGS[verb.startsWith(AS_WHOM) ? 'impersonate' : verb];
}

/** A wildcard among the verbs is told by rbac/wildcards. */
function escalationsIn(grant: Grant, breakGlass: readonly string[]): string[] {
  const found: string[] = [];
  const isRoles =
    includes(grant.apiGroups, 'rbac.authorization.k8s.io') &&
    (includes(grant.resources, 'roles') || includes(grant.resources, 'clusterroles'));
  for (const verb of ['escalate', 'bind']) {
    if (isRoles && grant.verbs.includes(verb)) found.push(verb);
  }
  found.push(...impersonationsIn(grant, breakGlass));

  const isTokens = grant.resources.includes('serviceaccounts/token') && grant.resourceNames.length === 0;
  if (isTokens && grant.verbs.includes('create')) found.push('create');
  return found;
}

/** The verbs are compared letter by letter: RBAC knows no wildcard inside of one. */
function impersonationsIn(grant: Grant, breakGlass: readonly string[]): string[] {
  const isAllowed = isOnlyFor(breakGlass, grant);
  return grant.verbs.filter((verb) => {
    if (verb === 'impersonate' || verb === `${AS_WHOM}user-info`) return !isAllowed;
    // what a group of break-glass may be for is for whoever gives it its rights
    if (verb.startsWith(`${WHAT_FOR}user-info:`)) return breakGlass.length === 0;
    return verb.startsWith(AS_WHOM) || verb.startsWith(WHAT_FOR);
  });
}

/**
 * Whether it lets its holder act as these groups and as nobody else. Beside a group the API server wants a user: one that
 * is called like the group, or `<group>:<name>`, is nobody who has rights of their own.
 */
function isOnlyFor(groups: readonly string[], { resources, resourceNames }: Grant): boolean {
  if (resourceNames.length === 0) return false;
  if (!resources.every((resource) => resource === 'users' || resource === 'groups')) return false;
  const mayBeSuffixed = !resources.includes('groups');
  return resourceNames.every((name) =>
    groups.some(
      (group) => !group.startsWith('system:') && (name === group || (mayBeSuffixed && name.startsWith(`${group}:`))),
    ),
  );
}
