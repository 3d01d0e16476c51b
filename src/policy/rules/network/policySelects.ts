import { knativePodsOf, SERVICE_LABEL } from '../../../knative/pods.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { configuration, knativeService, networkPolicy } from '../../../kubernetes/kinds.ts';
import { selectsPods } from '../../../kubernetes/networkPolicy.ts';
import type { Inventory } from '../../engine/inventory.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { serviceMeantBy, speaksOf } from './deadSelector.ts';

/** Some NetworkPolicy of the namespace selects the service's pods. */
export const networkPolicySelects = defineRule({
  id: 'network/policy-selects',
  title: 'a NetworkPolicy selects each service',
  why: 'A pod that no NetworkPolicy selects is open to every pod of the cluster, past the gateway and its checks.',
  howToFix:
    'Let the namespace have a NetworkPolicy whose podSelector selects the pods: {} for all, or serving.knative.dev/service: <name>.',
  kinds: [knativeService, configuration],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
    good: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: from-knative}
spec:
  podSelector: {}
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: knative-serving}}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kourier-system}}
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: cart}
spec:
  template:
    spec:
      containers:
      - image: registry.example.com/shop/cart:1.4.2
`,
  },

  judge(subject, { inventory }) {
    if (subject.template === undefined || subject.name === '') return [];
    const policies = inventory.inNamespace(networkPolicy, subject.namespace);
    if (policies.length > 0 && isSelected(subject, policies, inventory)) return [];

    return [
      {
        path: '/metadata/name',
        message: `no NetworkPolicy in sight selects the pods of ${subject.name}, which every pod of the cluster can reach; add one that selects ${SERVICE_LABEL}: ${subject.name}`,
      },
    ];
  },
});

function isSelected(subject: Subject, policies: readonly JsonObject[], inventory: Inventory): boolean {
  const pods = knativePodsOf(subject.object);
  if (pods === undefined || policies.some((policy) => selectsPods(policy, pods.labels) !== 'no')) return true;

  // A policy that means this service and misses it is told at the policy: network/dead-selector.
  return policies.some(
    (policy) =>
      speaksOf(policy, subject.object) && serviceMeantBy(policy, subject.namespace, inventory)?.name === pods.name,
  );
}
