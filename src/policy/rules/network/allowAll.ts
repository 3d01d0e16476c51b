import { isArray, type JsonObject } from '../../../kubernetes/json.ts';
import { networkPolicy } from '../../../kubernetes/kinds.ts';
import {
  type Direction,
  isEveryAddress,
  isEveryPod,
  peersField,
  peersOf,
  restricts,
  rulesField,
  rulesIn,
} from '../../../kubernetes/networkPolicy.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

const DIRECTIONS: readonly Direction[] = ['Ingress', 'Egress'];

/**
 * No rule that lets everybody in, or everything out.
 *
 * Everybody is: no peers (`from` left out or empty), an ipBlock of all addresses, or every pod of every namespace. On
 * the way out a rule with ports is left alone: DNS and HTTPS to anywhere are what many services need, and nothing but
 * ports can bound them.
 */
export const networkAllowAll = defineRule({
  id: 'network/allow-all',
  title: 'no NetworkPolicy lets everybody through',
  why: 'NetworkPolicies add up: one rule for everybody undoes every other policy of its pods.',
  howToFix: 'Name the namespaces, pods or address ranges that need the way, and the ports.',
  kinds: [networkPolicy],
  action: 'warn',
  examples: {
    bad: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open}
spec:
  podSelector: {}
  ingress:
  - from: []
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
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const direction of DIRECTIONS) {
      if (!restricts(subject.object, direction)) continue; // rules of the other direction mean nothing
      for (const { rule, index } of rulesIn(subject.object, direction)) {
        const open = everybody(rule, direction);
        if (open === undefined) continue;
        const verb = direction === 'Ingress' ? `lets in ${open.who}` : `lets pods out to ${open.who}`;
        violations.push({
          path: pointer('spec', rulesField(direction), index) + open.path,
          message: `${rulesField(direction)} rule ${index + 1} ${verb}; name who needs it`,
        });
      }
    }
    return violations;
  },
});

interface Everybody {
  readonly who: string;
  /** Below the rule. */
  readonly path: string;
}

function everybody(rule: JsonObject, direction: Direction): Everybody | undefined {
  if (direction === 'Egress' && isArray(rule.ports) && rule.ports.length > 0) return undefined;

  const peers = peersOf(rule, direction);
  const field = peersField(direction);
  if (peers.length === 0) return { who: 'everybody', path: '' };
  for (const [index, peer] of peers.entries()) {
    if (isEveryAddress(peer)) return { who: 'every address', path: pointer(field, index, 'ipBlock', 'cidr') };
    if (isEveryPod(peer)) return { who: 'every pod of every namespace', path: pointer(field, index) };
  }
  return undefined;
}
