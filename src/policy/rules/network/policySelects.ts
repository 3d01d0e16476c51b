import { knativePodsOf, SERVICE_LABEL } from '../../../knative/pods.ts';
import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { configuration, knativeService, namespace as namespaceKind, networkPolicy } from '../../../kubernetes/kinds.ts';
import { selectsPods } from '../../../kubernetes/networkPolicy.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Rule, type Violation } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { OPT_OUT } from '../../environmentLabel.ts';
import { serviceMeantBy, speaksOf } from './deadSelector.ts';

/**
 * Some NetworkPolicy of the namespace selects the service's pods: one in sight, or that of the guard rails, which selects
 * every pod of a namespace that the policy closes and is there as soon as the namespace is.
 */
export const networkPolicySelects = defineRule({
  id: 'network/policy-selects',
  title: 'a NetworkPolicy selects each service',
  why: 'A pod that no NetworkPolicy selects is open to every pod of the cluster, past the gateway and its checks.',
  howToFix:
    'Let the namespace have a NetworkPolicy whose podSelector selects the pods: {} for all, or serving.knative.dev/service: <name>; or let guard rails close every namespace, by `namespace.networkPolicies.ingress.default: deny` of the policy.',
  kinds: [knativeService, configuration],
  action: 'warn',
  needsOthers: true,
  examples: {
    environment: 'dev',
    bad: `
apiVersion: v1
kind: Namespace
metadata:
  name: shop-dev
  labels: {weir.dev/environment: dev}
  annotations: {weir.dev/guard-rails-opt-out: networkPolicies}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: database, namespace: shop-dev}
spec:
  podSelector: {matchLabels: {app: postgres}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop-dev}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: v1
kind: Namespace
metadata:
  name: shop-dev
  labels: {weir.dev/environment: dev}
  annotations: {weir.dev/guard-rails-opt-out: networkPolicies}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: from-knative, namespace: shop-dev}
spec:
  podSelector: {}
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: knative-serving}}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kourier-system}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart, namespace: shop-dev}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, { policy, inventory }) {
    return isClosed(policy, subject.namespace, inventory) ? [] : unselected(subject, inventory);
  },
});

/** The same of a cluster as it is: there what guard rails have made is in sight, and what they have not is not there. */
export const networkPolicySelectsNow: Rule = {
  ...networkPolicySelects,
  judge: (subject, { inventory }) => unselected(subject, inventory),
};

function unselected(subject: Subject, inventory: Inventory): Violation[] {
  if (subject.template === undefined || subject.name === '') return [];
  const policies = inventory.inNamespace(networkPolicy, subject.namespace);
  if (policies.length > 0 && isSelected(subject, policies, inventory)) return [];

  return [
    {
      path: '/metadata/name',
      message: `no NetworkPolicy in sight selects the pods of ${subject.name}, which every pod of the cluster can reach; add one that selects ${SERVICE_LABEL}: ${subject.name}`,
    },
  ];
}

/** By the guard rails of the policy: src/guardrails/networkPolicies.ts. A namespace may do without where it is let to. */
function isClosed({ namespace: section }: EffectivePolicy, namespace: string, inventory: Inventory): boolean {
  if (section?.networkPolicies?.ingress?.default !== 'deny') return false;
  if (section.optOut?.allowed?.includes('networkPolicies') !== true) return true;
  const left = stringAt(inventory.find(namespaceKind, '', namespace), 'metadata', 'annotations', OPT_OUT) ?? '';
  return !left.split(',').some((name) => name.trim() === 'networkPolicies');
}

function isSelected(subject: Subject, policies: readonly JsonObject[], inventory: Inventory): boolean {
  const pods = knativePodsOf(subject.object);
  if (pods === undefined || policies.some((policy) => selectsPods(policy, pods.labels) !== 'no')) return true;

  // A policy that means this service and misses it is told at the policy: network/dead-selector.
  return policies.some(
    (policy) =>
      speaksOf(policy, subject.object) && serviceMeantBy(policy, subject.namespace, inventory)?.name === pods.name,
  );
}
