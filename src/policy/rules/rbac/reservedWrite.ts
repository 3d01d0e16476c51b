import * as kinds from '../../../kubernetes/kinds.ts';
import { groupOf, type Kind } from '../../../kubernetes/kinds.ts';
import { servedAs } from '../../../kubernetes/served.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';

/** RBAC lets this group do anything, and it may take the webhook away (kubernetes plugin/pkg/auth/authorizer/rbac). */
const MASTERS = 'system:masters';

/**
 * What the webhook is called for because of other rules as well: to ask who writes it costs no call more. Namespaces have
 * an entry of their own, which asks about their environment alone.
 */
const KINDS: readonly Kind[] = [
  kinds.policyException,
  kinds.scalingSchedule,
  kinds.trafficRollout,
  kinds.networkPolicy,
  kinds.role,
  kinds.roleBinding,
  kinds.clusterRole,
  kinds.clusterRoleBinding,
  kinds.secret,
  kinds.configMap,
  kinds.service,
  kinds.deployment,
  kinds.statefulSet,
  kinds.job,
  kinds.cronJob,
  kinds.horizontalPodAutoscaler,
  kinds.scaledObject,
  kinds.scaledJob,
  kinds.knativeService,
  kinds.configuration,
  kinds.revision,
  kinds.route,
  kinds.domainMapping,
  kinds.broker,
  kinds.trigger,
  kinds.eventType,
  kinds.channel,
  kinds.inMemoryChannel,
  kinds.kafkaChannel,
  kinds.subscription,
  kinds.sequence,
  kinds.parallel,
  kinds.pingSource,
  kinds.kafkaSource,
  kinds.apiServerSource,
  kinds.containerSource,
  kinds.sinkBinding,
];

/** Whether admission asks who writes the resource; others are kept by rbac/reserved alone, in roles and bindings. */
export function isAskedAtAdmission(apiGroup: string, resource: string): boolean {
  return resourcesAskedAbout(apiGroup).includes(resource);
}

/** In plural, as `rbac.reserved` names them. */
export function resourcesAskedAbout(apiGroup: string): string[] {
  return KINDS.filter(({ group }) => group === apiGroup).flatMap((kind) => servedAs(kind)?.plural ?? []);
}

/** Who may set what, by who asks: the other half of rbac/reserved, for rights that were given before there was a policy. */
export const rbacReservedWrite = defineRule({
  id: 'rbac/reserved-write',
  title: 'reserved resources are written by the subjects that the policy names',
  why: 'A wildcard in a Role of a team lets it write its own exceptions, whatever the policy keeps for whom.',
  howToFix:
    "Let somebody whom `rbac.reserved` names write it, or add the subject there: a GitOps controller's ServiceAccount, for one, whose repository others review.",
  kinds: KINDS,
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

  judge({ key, reference }, { policy, user }) {
    const reserved = policy.rbac?.reserved;
    if (user === undefined || reserved === undefined || user.groups.includes(MASTERS)) return [];

    const group = groupOf(reference.apiVersion);
    const resource = PLURALS.get(key) ?? '';
    for (const access of reserved) {
      if (access.apiGroup !== group || !access.resources.includes(resource)) continue;
      if (isNamed(user, access.subjects)) continue;
      const message = `${user.name} may not write ${resource}: ${policy.name} keeps that for ${access.subjects.join(', ') || 'nobody'}`;
      return [{ path: '', message }];
    }
    return [];
  },
});

/** As URLs and RBAC call them: NetworkPolicy is networkpolicies. */
const PLURALS: ReadonlyMap<string, string> = new Map(KINDS.map((kind) => [kind.key, servedAs(kind)?.plural ?? '']));

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
