/**
 * Who reaches the pods of a namespace, and whom they reach.
 *
 * The ways that Knative needs: requests to queue-proxy from the gateway and the activator, and the autoscaler's scrape
 * of its metrics (ports: knative/serving pkg/networking/constants.go). The autoscaler's reconciler also asks a service
 * on its request port whether the activator answers there, before it goes to zero (pkg/reconciler/autoscaling/kpa/
 * scaler.go, activatorProbe): where no answer comes, scaling to zero waits for timeouts. A call from one service to
 * another goes to the gateway's cluster-local side and comes from there, so that these policies never see who calls.
 */
import { H2C_PORT, HTTP_PORT, METRICS_PORT, TLS_PORT } from '../knative/pods.ts';
import type { KnativeSettings } from '../knative/settings.ts';
import type { JsonObject, JsonValue } from '../kubernetes/json.ts';
import type {
  EgressPath,
  IngressPath,
  NetworkPeer,
  NetworkPoliciesPolicy,
  NetworkPort,
  PodsElsewhere,
} from '../policy/model/namespace.ts';
import { type Gateway, gatewaysIn } from './gateways.ts';
import { NAMES } from './marks.ts';

/** Every pod that Knative Serving makes has it (knative/serving pkg/reconciler/revision/resources/meta.go). */
const KNATIVE_PODS: JsonObject = {
  matchExpressions: [{ key: 'serving.knative.dev/revision', operator: 'Exists' }],
};
const EVERY_POD: JsonObject = {};
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Where queue-proxy shows what a service's own metrics are (pkg/networking/constants.go, UserQueueMetricsPort). */
export const USER_METRICS_PORT = 9091;
const REQUEST_PORTS = [HTTP_PORT.number, H2C_PORT.number, TLS_PORT.number];

const KUBE_DNS: PodsElsewhere = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
/** Where Knative Eventing runs, unless the policy says otherwise. */
export const EVENTING = 'knative-eventing';
/**
 * The pods behind every Broker's address, and their ports: knative/eventing config/brokers/mt-channel-broker/deployments/
 * broker-ingress.yaml, knative-extensions/eventing-kafka-broker data-plane/config/broker/500-receiver.yaml.
 */
const BROKERS: readonly Readonly<Record<string, string>>[] = [
  { 'eventing.knative.dev/brokerRole': 'ingress' },
  { app: 'kafka-broker-receiver' },
];
const BROKER_PORTS = [8080, 8443];

export interface NamedSpec {
  readonly name: string;
  readonly spec: JsonObject;
}

/** The policies by name, the ways that stay open before what closes the others. */
export function networkPolicySpecs(section: NetworkPoliciesPolicy, knative: KnativeSettings): NamedSpec[] {
  const { ingress = {}, egress = {} } = section;
  const isClosedIn = ingress.default === 'deny';
  const isClosedOut = egress.default === 'deny';
  const gateways = gatewaysIn(knative.gateways);
  const specs: NamedSpec[] = [];

  if (isClosedIn) {
    const prometheus = ingress.prometheus === undefined ? [] : [ingress.prometheus];
    specs.push({ name: NAMES.ingress, spec: knativeIngress(gateways, knative.systemNamespace, prometheus) });
    for (const path of ingress.others ?? []) specs.push({ name: NAMES.from + path.name, spec: ingressPath(path) });
  }
  if (isClosedOut) {
    specs.push({ name: NAMES.egress, spec: knativeEgress(gateways, egress) });
    for (const path of egress.others ?? []) specs.push({ name: NAMES.to + path.name, spec: egressPath(path) });
  }
  if (isClosedIn || isClosedOut) specs.push({ name: NAMES.defaultDeny, spec: defaultDeny(isClosedIn, isClosedOut) });
  return specs;
}

/** The rules are written although they are none: what Weir does not write is not its own, and somebody could fill it in. */
function defaultDeny(isClosedIn: boolean, isClosedOut: boolean): JsonObject {
  return {
    podSelector: EVERY_POD,
    policyTypes: [...(isClosedIn ? ['Ingress'] : []), ...(isClosedOut ? ['Egress'] : [])],
    ...(isClosedIn ? { ingress: [] } : {}),
    ...(isClosedOut ? { egress: [] } : {}),
  };
}

function knativeIngress(
  gateways: readonly Gateway[],
  system: string,
  prometheus: readonly PodsElsewhere[],
): JsonObject {
  const autoscaler = pods({ namespace: system, labels: { app: 'autoscaler' } });
  const requests = [...gateways.map(pods), pods({ namespace: system, labels: { app: 'activator' } }), autoscaler];
  const rules: JsonValue[] = [
    { from: requests, ports: tcp(REQUEST_PORTS) },
    { from: [autoscaler], ports: tcp([METRICS_PORT.number]) },
  ];
  if (prometheus.length > 0) rules.push({ from: prometheus.map(pods), ports: tcp([USER_METRICS_PORT]) });
  return { podSelector: KNATIVE_PODS, policyTypes: ['Ingress'], ingress: rules };
}

function knativeEgress(
  gateways: readonly Gateway[],
  { dns = KUBE_DNS, eventingNamespace = EVENTING }: NonNullable<NetworkPoliciesPolicy['egress']>,
): JsonObject {
  const rules: JsonValue[] = [{ to: [pods(dns)], ports: [...ports([53], 'UDP'), ...ports([53], 'TCP')] }];
  for (const gateway of gateways) {
    if (gateway.localPorts.length > 0) rules.push({ to: [pods(gateway)], ports: tcp(gateway.localPorts) });
  }
  const brokers = BROKERS.map((labels) => pods({ namespace: eventingNamespace, labels }));
  rules.push({ to: brokers, ports: tcp(BROKER_PORTS) });
  return { podSelector: EVERY_POD, policyTypes: ['Egress'], egress: rules };
}

function ingressPath({ from, to, ports: open = [] }: IngressPath): JsonObject {
  const rule = { from: from.map(peer), ...(open.length === 0 ? {} : { ports: open.map(port) }) };
  return { podSelector: selector(to), policyTypes: ['Ingress'], ingress: [rule] };
}

function egressPath({ from, to, ports: open = [] }: EgressPath): JsonObject {
  const rule = { to: to.map(peer), ...(open.length === 0 ? {} : { ports: open.map(port) }) };
  return { podSelector: selector(from), policyTypes: ['Egress'], egress: [rule] };
}

function peer({ namespace, namespaceLabels, pods: labels, cidr, except = [] }: NetworkPeer): JsonObject {
  if (cidr !== undefined) return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } };
  const inNamespaces = namespace === undefined ? namespaceLabels : { [NAMESPACE_NAME]: namespace };
  return {
    ...(inNamespaces === undefined ? {} : { namespaceSelector: selector(inNamespaces) }),
    ...(labels === undefined ? {} : { podSelector: selector(labels) }),
  };
}

function pods({ namespace, labels = {} }: PodsElsewhere): JsonObject {
  return {
    namespaceSelector: selector({ [NAMESPACE_NAME]: namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { podSelector: selector(labels) }),
  };
}

function selector(labels: Readonly<Record<string, string>> = {}): JsonObject {
  return Object.keys(labels).length === 0 ? {} : { matchLabels: labels };
}

function port({ port: first, endPort, protocol = 'TCP' }: NetworkPort): JsonObject {
  return { port: first, ...(endPort === undefined ? {} : { endPort }), protocol };
}

function tcp(numbers: readonly number[]): JsonObject[] {
  return ports(numbers, 'TCP');
}

function ports(numbers: readonly number[], protocol: 'TCP' | 'UDP'): JsonObject[] {
  return numbers.map((number) => ({ port: number, protocol }));
}
