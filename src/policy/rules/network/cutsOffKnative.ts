import type { KnativePods } from '../../../knative/pods.ts';
import { isArray, type JsonObject, valueAt } from '../../../kubernetes/json.ts';
import { networkPolicy } from '../../../kubernetes/kinds.ts';
import { type Port, restricts } from '../../../kubernetes/networkPolicy.ts';
import { shortTitleOf, titleOf } from '../../../kubernetes/object.ts';
import type { Edit } from '../../engine/edit.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import type { Subject } from '../../engine/subject.ts';
import { closedWays, opens, policiesBeside, selectedPods } from './reach.ts';
import { rulesThatOpen, type Way, waysIn } from './ways.ts';

/**
 * A NetworkPolicy that closes Knative's pods lets Knative in: the activator and the gateways with requests, the
 * autoscaler with its question how busy they are.
 *
 * Without the first, nothing answers; without the last, a service scales on no data. Kubelet's own probes pass every
 * NetworkPolicy.
 */
export const networkCutsOffKnative = defineRule({
  id: 'network/cuts-off-knative',
  title: 'no NetworkPolicy cuts pods off from Knative',
  why: 'Requests come from the activator or the gateway, never from the caller: a policy that forgets them breaks every service it selects.',
  howToFix:
    'Let in the namespaces of Knative and of the gateways: ports 8012 (h2c: 8013, internal TLS: 8112) for requests and 9090 for the autoscaler.',
  kinds: [networkPolicy],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart}
spec:
  podSelector: {matchLabels: {serving.knative.dev/service: cart}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {matchLabels: {app: shop-front}}
    ports: [{port: 8080}]
`,
    good: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: cart}
spec:
  podSelector: {matchLabels: {serving.knative.dev/service: cart}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: knative-serving}}
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kourier-system}}
    ports: [{port: 8012}, {port: 9090}]
`,
  },

  judge(subject, context) {
    const cut = cutOff(subject, context);
    if (cut === undefined) return [];
    const who = cut.ways.map((way) => `${way.who} (port ${way.ports[0]?.number})`).join(', ');
    return [
      {
        path: valueAt(subject.object, 'spec', 'ingress') === undefined ? '/spec' : '/spec/ingress',
        message: `${titleOf(subject.reference)} closes ${cut.name} to ${who}; let them in`,
        fix: letIn(subject.object, cut.ways),
      },
    ];
  },
});

/** The Knative pods that the policy cuts off, and from whom; the first ones stand for all. */
function cutOff(subject: Subject, { inventory, policy }: RuleContext): { name: string; ways: Way[] } | undefined {
  const { object, namespace } = subject;
  if (!restricts(object, 'Ingress')) return undefined;

  const { pods: selected, inSight } = selectedPods(object, namespace, inventory);
  const waysByPort = new Map<Port, Way[]>(); // those that the policy itself does not open
  let policies: JsonObject[] | undefined;
  let first: KnativePods | undefined;
  const closed = new Map<string, Way>();
  for (const pods of selected) {
    let ways = waysByPort.get(pods.port);
    if (ways === undefined) {
      const all = waysIn(pods.port, policy.knative, inventory);
      ways = all.filter((way) => !opens(object, 'Ingress', namespace, way));
      waysByPort.set(pods.port, ways);
    }
    if (ways.length === 0) continue;
    policies ??= policiesBeside(subject, inventory);
    for (const way of closedWays({ judged: object, policies, direction: 'Ingress' }, pods, inSight, ways)) {
      first ??= pods;
      const known = closed.get(way.who);
      closed.set(way.who, known === undefined ? way : { ...way, ports: [...new Set([...known.ports, ...way.ports])] });
    }
  }
  if (first === undefined) return undefined;
  const name = shortTitleOf({ kind: 'Service', name: first.name });
  return { name: selected.length === 1 ? name : `${name} and others`, ways: [...closed.values()] };
}

/** Opens the ways in the policy. */
export function letIn(policy: JsonObject, ways: readonly Way[]): Edit[] {
  const rules = rulesThatOpen(ways);
  if (isArray(valueAt(policy, 'spec', 'ingress'))) return rules.map((value) => ({ set: '/spec/ingress/-', value }));
  return [{ set: '/spec/ingress', value: rules }];
}
