import { networkPolicy } from '../../../kubernetes/kinds.ts';
import { isBeingDeleted, referenceTo } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';

/** A DELETE that leaves a namespace without any NetworkPolicy. */
export const deletionLastNetworkPolicy = defineRule({
  id: 'deletion/last-network-policy',
  title: 'a namespace keeps a NetworkPolicy',
  why: 'Where no NetworkPolicy is left, every pod of the namespace may be reached from everywhere, and may reach everything.',
  howToFix: 'Apply the NetworkPolicy that is to replace it first; then delete it.',
  kinds: [networkPolicy],
  action: 'warn',
  judgedAt: 'deletion',
  examples: {
    bad: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
`,
    good: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny-v2, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`,
  },

  judge(subject, { inventory }) {
    for (const other of inventory.inNamespace(networkPolicy, subject.namespace)) {
      if (referenceTo(other).name !== subject.name && !isBeingDeleted(other)) return [];
    }
    const message = `NetworkPolicy ${subject.name} is the last of namespace ${subject.namespace}: without it every pod there is open; apply what replaces it first`;
    return [{ path: '', message }];
  },
});
