import { arrayAt, isArray, type JsonObject, valueAt } from '../../../kubernetes/json.ts';
import { networkPolicy } from '../../../kubernetes/kinds.ts';
import { restricts, rulesIn } from '../../../kubernetes/networkPolicy.ts';
import { shortTitleOf, titleOf } from '../../../kubernetes/object.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule } from '../../engine/rule.ts';
import { closedWays, policiesBeside, selectedPods } from './reach.ts';
import { ruleForDns, wayToDns } from './ways.ts';

/**
 * A NetworkPolicy that closes the way out of Knative's pods leaves DNS open.
 *
 * A rule of any policy that names port 53 (or 5353, which some clusters use behind it) counts, wherever it leads.
 */
export const networkCutsOffDns = defineRule({
  id: 'network/cuts-off-dns',
  title: 'no NetworkPolicy cuts pods off from DNS',
  why: 'A pod that cannot look names up reaches nothing by name, not even what the policy allows.',
  howToFix: 'Let pods out to kube-system on port 53, UDP and TCP.',
  kinds: [networkPolicy],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart-out}
spec:
  podSelector: {matchLabels: {serving.knative.dev/service: cart}}
  policyTypes: [Egress]
  egress:
  - to:
    - podSelector: {matchLabels: {app: database}}
    ports: [{port: 5432}]
`,
    good: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart-out}
spec:
  podSelector: {matchLabels: {serving.knative.dev/service: cart}}
  policyTypes: [Egress]
  egress:
  - to:
    - podSelector: {matchLabels: {app: database}}
    ports: [{port: 5432}]
  - to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
`,
  },

  judge(subject, { inventory }) {
    const { object } = subject;
    if (!restricts(object, 'Egress') || namesDns(object)) return [];

    const way = wayToDns(inventory);
    const policies = policiesBeside(subject, inventory);
    if (policies.some(namesDns)) return [];
    const { pods: selected, inSight } = selectedPods(object, subject.namespace, inventory);
    for (const pods of selected) {
      const closed = closedWays({ judged: object, policies, direction: 'Egress' }, pods, inSight, [way]);
      if (closed.length === 0) continue;
      const hasRules = isArray(valueAt(object, 'spec', 'egress'));
      const fix: Edit = hasRules
        ? { set: '/spec/egress/-', value: ruleForDns() }
        : { set: '/spec/egress', value: [ruleForDns()] };
      return [
        {
          path: valueAt(object, 'spec', 'egress') === undefined ? '/spec' : '/spec/egress',
          message: `${titleOf(subject.reference)} closes the way from ${shortTitleOf({ kind: 'Service', name: pods.name })} to ${way.who} (port 53); let pods out to it`,
          fix: [fix],
        },
      ];
    }
    return [];
  },
});

function namesDns(policy: JsonObject): boolean {
  return rulesIn(policy, 'Egress').some(({ rule }) =>
    arrayAt(rule, 'ports').some((port) => DNS_PORTS.has(valueAt(port, 'port'))),
  );
}

const DNS_PORTS = new Set<unknown>([53, 5353, 'dns', 'dns-tcp']);
