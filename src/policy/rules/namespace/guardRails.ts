import { namespace } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';

/**
 * What the section `namespace` of the policy asks for is there, and says what it says. Judged in src/audit, by what
 * src/guardrails builds: the engine knows the policy's words for guard rails, and not the objects.
 */
export const namespaceGuardRails = defineRule({
  id: 'namespace/guard-rails',
  title: 'a namespace has the guard rails of its environment',
  why: 'A NetworkPolicy, a quota or a pull secret that is not there, or that says something else, protects nobody, and nothing else tells of it.',
  howToFix:
    'Let `weir controller` make them; where the namespace’s own object has the name of a guard rail, rename it or write what `weir namespace preview` shows.',
  kinds: [namespace],
  action: 'warn',
  needsOthers: true,
  judgedAt: 'audit',
  examples: {
    bad: `
# every other guard rail is there
apiVersion: v1
kind: Namespace
metadata: {name: shop-prod, labels: {weir.dev/environment: prod}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: weir-default-deny, namespace: shop-prod}
spec:
  podSelector: {matchLabels: {app: letters}}
  policyTypes: [Ingress]
`,
    good: `
# every other guard rail is there
apiVersion: v1
kind: Namespace
metadata: {name: shop-prod, labels: {weir.dev/environment: prod}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: letters, namespace: shop-prod}
spec:
  podSelector: {matchLabels: {app: letters}}
  policyTypes: [Ingress]
`,
  },
  judge: () => [],
});
