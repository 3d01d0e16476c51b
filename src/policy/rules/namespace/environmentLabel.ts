import { namespace } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';

/** Who changes the label by which a namespace has its policy. Judged by two policies, in webhooks/review/namespace.ts. */
export const namespaceEnvironmentLabel = defineRule({
  id: 'namespace/environment-label',
  title: 'the environment of a namespace is changed by those whom the policy names',
  why: 'Without the label `weir.dev/environment`, or with the one of another environment, a namespace leaves the policy that it was admitted under, and everything in it with it.',
  howToFix:
    'Ask a member of the groups that `admission.environmentLabel` of the environment names; for a name that no policy has, write the name of one.',
  kinds: [namespace],
  action: 'deny',
  judgedAt: 'change',
  examples: {
    bad: `
# applied by jane of team-shop
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: prod}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: dev}}
`,
    good: `
# applied by jane of team-shop
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: prod}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {weir.dev/environment: prod, team: shop}}
`,
  },
  judge: () => [],
});
