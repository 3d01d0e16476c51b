import { nameOf } from '../../kubernetes/object.ts';
import { kubectl } from '../command.ts';
import { replicasOf } from '../conditions.ts';
import { gatewayOf, INGRESS_CLASSES, ingressClassIn } from '../ingressClasses.ts';
import { blind, itemsOf, seenIn } from '../look.ts';
import { listed, note, type Verdict, well, wrong } from '../verdict.ts';
import { type ClusterFacts, isEmbedded } from './facts.ts';
import { settingsOf } from './settings.ts';

/** Who leads requests to services, under which names. */
export function ingress(facts: ClusterFacts, systemNamespace: string): Verdict[] {
  if (facts.definitions.get('routes.serving.knative.dev')?.is !== 'seen' || isEmbedded(facts)) return [];
  return [...classes(facts, systemNamespace), ...domain(facts, systemNamespace)];
}

function classes(facts: ClusterFacts, namespace: string): Verdict[] {
  const check = 'ingress/class';
  const look = facts.settings.get('config-network');
  if (look === undefined) return [];
  const hidden = blind(check, 'ConfigMap config-network', look);
  if (hidden !== undefined) return [hidden];

  const name = ingressClassIn(settingsOf(look));
  const known = INGRESS_CLASSES.find((each) => each.name === name);
  if (known === undefined) return [note(check, `the ingress class is ${name}, of which the doctor knows nothing`)];

  const isSet = Object.keys(settingsOf(look)).some((key) => key === 'ingress-class' || key === 'ingress.class');
  const what = isSet ? `the ingress class is ${name}` : `no ingress class is set, and Knative takes ${name}`;
  const controller = facts.deployments.get(`${namespace}/${known.controller}`) ?? { is: 'absent' };
  const unread = blind(check, `Deployment ${known.controller}`, controller);
  if (unread !== undefined) return [unread];
  const deployment = seenIn(controller);
  if (deployment === undefined) {
    const others = INGRESS_CLASSES.filter(
      (each) => seenIn(facts.deployments.get(`${namespace}/${each.controller}`)) !== undefined,
    );
    const [other] = others;
    const found = `${what}, and its controller ${known.controller} is not in ${namespace}: no Route becomes ready`;
    if (other === undefined) return [wrong(check, found, known.install)];
    const patch = JSON.stringify({ data: { 'ingress-class': other.name } });
    return [
      wrong(
        check,
        `${found}. ${other.controller} is there: name its class`,
        kubectl('patch configmap config-network', namespace, '--type', 'merge', '--patch', patch),
      ),
    ];
  }
  if (replicasOf(deployment).available === 0) {
    return [
      wrong(
        check,
        `${what}, and no replica of its controller ${known.controller} is ready: no Route becomes ready`,
        kubectl('describe deployment', namespace, known.controller),
      ),
    ];
  }
  return [
    well(check, `${what}, and ${known.controller} serves it`),
    ...gateways(gatewayOf(known, namesIn(facts), namespace), facts),
  ];
}

function namesIn({ namespaces }: ClusterFacts): string[] | undefined {
  return namespaces.is === 'seen' ? itemsOf(namespaces).map(nameOf) : undefined;
}

/** NetworkPolicies and guard rails let in the gateways that the policies name: these must be the cluster's. */
function gateways(gateway: string | undefined, { policies, namespaces }: ClusterFacts): Verdict[] {
  const check = 'ingress/gateways';
  if (gateway === undefined || policies.byName.size === 0) return [];
  const without = [...policies.byName.values()]
    .filter(({ knative }) => !knative.gateways.includes(gateway))
    .map(({ name }) => name);
  if (without.length > 0 && itemsOf(namespaces).some((namespace) => nameOf(namespace) === gateway)) {
    const found = `the gateway stands in ${gateway}, which spec.knative.gateways of ${listed(without.sort())} does not name: NetworkPolicies that let in what the policy names cut it off`;
    return [wrong(check, found, `weir policy show ${without[0]}`)];
  }
  return [];
}

/** The domain under which Routes get their names (knative/serving pkg/reconciler/route/config/domain.go). */
function domain(facts: ClusterFacts, namespace: string): Verdict[] {
  const check = 'ingress/domain';
  const look = facts.settings.get('config-domain');
  if (look === undefined) return [];
  const hidden = blind(check, 'ConfigMap config-domain', look);
  if (hidden !== undefined) return [hidden];
  const data = settingsOf(look);
  const domains = Object.keys(data).sort();
  const unselected = domains.filter((each) => !/selector/.test(data[each] ?? ''));
  const [first] = unselected;
  const patch = kubectl(
    'patch configmap config-domain',
    namespace,
    '--type',
    'merge',
    '--patch',
    '{"data":{"knative.example.org":""}}',
  );
  if (first === undefined) {
    const found = `config-domain names no domain for all services: they get names under svc.cluster.local, which lead nowhere from outside of the cluster`;
    return [note(check, found, patch)];
  }
  if (first === 'example.com')
    return [note(check, 'config-domain holds the placeholder example.com: the names of services lead nowhere', patch)];
  return [
    well(
      check,
      `services get names under ${first}${domains.length > 1 ? ` (and ${listed(domains.filter((each) => each !== first))} where labels say so)` : ''}`,
    ),
  ];
}
