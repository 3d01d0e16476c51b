import {
  broker,
  channel,
  clusterRole,
  clusterRoleBinding,
  configuration,
  groupOf,
  knativeService,
  networkPolicy,
  policyException,
  revision,
  role,
  roleBinding,
  route,
  secret,
  subscription,
  trigger,
} from '../../../kubernetes/kinds.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';

/** RBAC lets this group do anything, and it may take the webhook away (kubernetes plugin/pkg/auth/authorizer/rbac). */
const MASTERS = 'system:masters';

/** Who may set what, by who asks: the other half of rbac/reserved, for rights that were given before there was a policy. */
export const rbacReservedWrite = defineRule({
  id: 'rbac/reserved-write',
  title: 'reserved resources are written by the subjects that the policy names',
  why: 'A wildcard in a Role of a team lets it write its own exceptions, whatever the policy keeps for whom.',
  howToFix:
    "Let somebody whom `rbac.reserved` names write it, or add the subject there: a GitOps controller's ServiceAccount, for one, whose repository others review.",
  kinds: [
    policyException,
    networkPolicy,
    role,
    roleBinding,
    clusterRole,
    clusterRoleBinding,
    secret,
    knativeService,
    configuration,
    revision,
    route,
    broker,
    trigger,
    channel,
    subscription,
  ],
  action: 'deny',
  judgedAt: 'change',
  examples: {
    bad: `
# applied by jane of team-shop
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
    good: `
# applied by joe of platform
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
  },

  judge({ reference }, { policy, user }) {
    const reserved = policy.rbac?.reserved;
    if (user === undefined || reserved === undefined || user.groups.includes(MASTERS)) return [];

    const group = groupOf(reference.apiVersion);
    const resource = plural(reference.kind);
    for (const access of reserved) {
      if (access.apiGroup !== group || !access.resources.includes(resource)) continue;
      if (isNamed(user, access.subjects)) continue;
      const message = `${user.name} may not write ${resource}: ${policy.name} keeps that for ${access.subjects.join(', ') || 'nobody'}`;
      return [{ path: '', message }];
    }
    return [];
  },
});

function isNamed({ name, groups }: NonNullable<RuleContext['user']>, subjects: readonly string[]): boolean {
  const keys = [userKey(name), ...groups.map((group) => `Group:${group}`)];
  return subjects.some((subject) => keys.some((key) => matchesPattern(subject, key)));
}

const ACCOUNT = 'system:serviceaccount:';

/** As policies write it: `User:jane`, `ServiceAccount:argocd/argocd-application-controller`. */
function userKey(name: string): string {
  if (!name.startsWith(ACCOUNT)) return `User:${name}`;
  return `ServiceAccount:${name.slice(ACCOUNT.length).replace(':', '/')}`;
}

/** How a kind is called in URLs and in RBAC: NetworkPolicy is networkpolicies. */
function plural(kind: string): string {
  const lower = kind.toLowerCase();
  if (lower.endsWith('y')) return `${lower.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(lower) ? `${lower}es` : `${lower}s`;
}
