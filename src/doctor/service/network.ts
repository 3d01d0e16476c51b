/** NetworkPolicies that keep Knative from its pods, or the pods from DNS: from outside it looks like a service that does not start. */
import { knativePodsOf } from '../../knative/pods.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { labelsFrom } from '../../kubernetes/labelSelector.ts';
import { type Direction, restricts, selectsPods } from '../../kubernetes/networkPolicy.ts';
import { labelsOf, nameOf } from '../../kubernetes/object.ts';
import { inventoryOf } from '../../policy/engine/inventory.ts';
import { opens } from '../../policy/rules/network/reach.ts';
import { type Way, waysIn, wayToDns } from '../../policy/rules/network/ways.ts';
import { kubectl } from '../command.ts';
import { blind, itemsOf } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import type { ServiceFacts } from './facts.ts';

/** What happens where a way is closed (knative/serving cmd/activator, pkg/autoscaler/metrics, pkg/reconciler/autoscaling/kpa/scaler.go). */
const EFFECTS: readonly { readonly who: RegExp; readonly effect: string }[] = [
  {
    who: /^the activator/,
    effect: 'requests to a service at zero wait until they time out, and it never goes to zero',
  },
  { who: /^the autoscaler/, effect: 'the autoscaler does not see how busy its pods are, and does not scale it' },
  {
    who: /^the gateway/,
    effect: 'requests from outside end in 503 or a timeout once the activator steps out of the way',
  },
];

/** On what Weir's guard rails consist of (src/guardrails/marks.ts). */
const GUARD_RAIL_LABEL = 'weir.dev/guard-rail';

export function network(facts: ServiceFacts): Verdict[] {
  const check = 'network/policies';
  const hidden = blind(check, 'NetworkPolicies', facts.networkPolicies);
  if (hidden !== undefined) return [hidden];
  const pods = knativePodsOf(facts.service);
  if (pods === undefined) return [];

  const live = itemsOf(facts.pods)[0];
  // labels of a pod that is there are certain
  const labels = live === undefined ? pods.labels : labelsFrom(labelsOf(live));
  const policies = itemsOf(facts.networkPolicies).filter((policy) => selectsPods(policy, labels) === 'yes');
  // what follows counts where somebody enforces it
  if (facts.isEmbedded && policies.length > 0) return [unenforced(facts, policies)];
  const inventory = inventoryOf([...itemsOf(facts.namespaces), ...policies]);
  const closed = [
    ...closedBy(policies, 'Ingress', waysIn(pods.port, facts.knative, inventory), facts.namespace).map(
      inward(facts, policies),
    ),
    ...closedBy(policies, 'Egress', [wayToDns(inventory)], facts.namespace).map(() => outward(facts, policies)),
  ];
  if (closed.length > 0) return closed;
  return [
    well(
      check,
      policies.length === 0
        ? `no NetworkPolicy selects the pods of ${facts.name}: everything reaches them`
        : `${listed(policies.map(nameOf).sort())} let in Knative and its gateway`,
    ),
  ];
}

function unenforced({ name }: ServiceFacts, policies: readonly JsonObject[]): Verdict {
  const names = policies.map(nameOf).sort();
  const many = names.length === 1 ? `NetworkPolicy ${names[0]} selects` : `NetworkPolicies ${listed(names)} select`;
  return note(
    'network/policies',
    `${many} the pods of ${name}, and nothing on this platform enforces NetworkPolicies: here they keep nobody away`,
  );
}

function closedBy(
  policies: readonly JsonObject[],
  direction: Direction,
  ways: readonly Way[],
  namespace: string,
): Way[] {
  const restricting = policies.filter((policy) => restricts(policy, direction));
  if (restricting.length === 0) return [];
  return ways.filter((way) => !restricting.some((policy) => opens(policy, direction, namespace, way)));
}

function inward({ name, namespace }: ServiceFacts, policies: readonly JsonObject[]) {
  const names = policies
    .filter((policy) => restricts(policy, 'Ingress'))
    .map(nameOf)
    .sort();
  return (way: Way): Verdict => {
    const effect = EFFECTS.find(({ who }) => who.test(way.who))?.effect ?? '';
    const isGuardRail = policies.some((policy) => labelsOf(policy)[GUARD_RAIL_LABEL] !== undefined);
    const mend =
      isGuardRail && way.who.startsWith('the gateway')
        ? `. Weir's guard rails let in the gateways of spec.knative.gateways in the environment's policy, and the ingress class of config-network has its gateway in ${way.peer.namespace}: one of the two is to be corrected`
        : '';
    const found = `${names.length === 1 ? `NetworkPolicy ${names[0]} does` : `NetworkPolicies ${listed(names)} do`} not let ${way.who} in to ${name} (port ${way.ports[0]?.number}): ${effect}${mend}`;
    return wrong(
      'network/closed',
      found,
      'weir explain network/cuts-off-knative',
      kubectl('get networkpolicies', namespace, '-o', 'yaml'),
    );
  };
}

function outward({ name, namespace }: ServiceFacts, policies: readonly JsonObject[]): Verdict {
  const names = policies
    .filter((policy) => restricts(policy, 'Egress'))
    .map(nameOf)
    .sort();
  const found = `${names.length === 1 ? `NetworkPolicy ${names[0]} does` : `NetworkPolicies ${listed(names)} do`} not let ${name} out to DNS: it finds no other service by its name`;
  return wrong(
    'network/dns',
    found,
    'weir explain network/cuts-off-dns',
    kubectl('get networkpolicies', namespace, '-o', 'yaml'),
  );
}
