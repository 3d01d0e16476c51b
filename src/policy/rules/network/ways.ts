/**
 * The ways that Knative's pods need open: from the activator, the autoscaler and the ingress gateways, and to DNS.
 *
 * Who talks to queue-proxy: knative/serving cmd/activator (requests and probes on the serving port), pkg/autoscaler/metrics
 * (scrapes 9090), and the gateway itself once the activator steps out of the way. Labels of Knative's own pods:
 * config/core/deployments/{activator,autoscaler}.yaml, of its namespace config/core/100-namespace.yaml.
 */

import { METRICS_PORT, TLS_PORT } from '../../../knative/pods.ts';
import type { KnativeSettings } from '../../../knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../kubernetes/json.ts';
import { namespace as namespaceKind } from '../../../kubernetes/kinds.ts';
import { type Labels, labelsFrom } from '../../../kubernetes/labelSelector.ts';
import type { Peer, Port } from '../../../kubernetes/networkPolicy.ts';
import { labelsOf } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';

export interface Way {
  /** `the activator in knative-serving`. */
  readonly who: string;
  readonly peer: Peer;
  /** One of these has to be open. */
  readonly ports: readonly Port[];
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

interface KnownWays {
  /** The Namespaces that they hang on, as they were found. */
  readonly places: Places;
  readonly byPort: Map<Port, readonly Way[]>;
}

/** The Namespace of Knative and those of the gateways; undefined where one is not in sight. */
type Places = readonly (JsonObject | undefined)[];

/** The last ones for each cluster's settings: every NetworkPolicy asks for the same. */
const known = new WeakMap<KnativeSettings, KnownWays>();

/** Who has to reach pods that take requests on the port. */
export function waysIn(port: Port, knative: KnativeSettings, inventory: Inventory): readonly Way[] {
  const places = [knative.systemNamespace, ...knative.gateways].map((name) => inventory.find(namespaceKind, '', name));
  let last = known.get(knative);
  if (last === undefined || !places.every((place, index) => place === last?.places[index])) {
    last = { places, byPort: new Map() };
    known.set(knative, last);
  }
  const before = last.byPort.get(port);
  if (before !== undefined) return before;
  const ways = findWaysIn(port, knative, places);
  last.byPort.set(port, ways);
  return ways;
}

function findWaysIn(port: Port, knative: KnativeSettings, [home, ...gateways]: Places): Way[] {
  const system = knative.systemNamespace;
  const requests = [port, TLS_PORT];
  const ways: Way[] = [
    { who: `the activator in ${system}`, peer: knativePeer('activator', system, home), ports: requests },
    { who: `the autoscaler in ${system}`, peer: knativePeer('autoscaler', system, home), ports: [METRICS_PORT] },
  ];
  for (const [index, gateway] of knative.gateways.entries()) {
    // which pods of it are the gateway nobody says: what opens the way to the activator may open it to the gateway beside
    if (gateway === system) continue;
    const peer = { namespace: gateway, namespaceLabels: namespaceLabels(gateway, gateways[index]), labels: UNKNOWN };
    ways.push({ who: `the gateway in ${gateway}`, peer, ports: requests });
  }
  return ways;
}

/** Where names are looked up. */
export function wayToDns(inventory: Inventory): Way {
  return {
    who: 'DNS in kube-system',
    peer: {
      namespace: 'kube-system',
      namespaceLabels: namespaceLabels('kube-system', inventory.find(namespaceKind, '', 'kube-system')),
      labels: labelsFrom({ 'k8s-app': 'kube-dns' }, true),
    },
    ports: [{ number: 53, protocol: 'UDP' }],
  };
}

const UNKNOWN: Labels = { known: new Map(), open: true };

function knativePeer(component: string, system: string, home: JsonObject | undefined): Peer {
  const labels = {
    app: component,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/name': 'knative-serving',
  };
  return {
    namespace: system,
    namespaceLabels: namespaceLabels(system, home, { 'app.kubernetes.io/name': 'knative-serving' }),
    labels: labelsFrom(labels, true),
  };
}

/** The API server labels each namespace with its name; others are known only where the Namespace is in sight. */
function namespaceLabels(
  name: string,
  found: JsonObject | undefined,
  usual: Readonly<Record<string, string>> = {},
): Labels {
  if (found === undefined) return labelsFrom({ ...usual, [NAMESPACE_NAME]: name }, true);
  return labelsFrom({ ...labelsOf(found), [NAMESPACE_NAME]: name });
}

/** The NetworkPolicy rules that open the ways in, as few as may be: one for requests, one for metrics. */
export function rulesThatOpen(ways: readonly Way[]): JsonValue[] {
  const rules: JsonValue[] = [];
  const requests = ways.filter((way) => !way.ports.includes(METRICS_PORT));
  const metrics = ways.filter((way) => way.ports.includes(METRICS_PORT));
  for (const group of [requests, metrics]) {
    if (group.length === 0) continue;
    const namespaces = [...new Set(group.map((way) => way.peer.namespace))];
    const ports = new Set(group.flatMap((way) => way.ports.map((port) => port.number)));
    rules.push({
      from: namespaces.map(inNamespace),
      ports: [...ports].sort((left, right) => left - right).map((port) => ({ protocol: 'TCP', port })),
    });
  }
  return rules;
}

/** The rule that opens the way to DNS. */
export function ruleForDns(): JsonValue {
  return {
    to: [{ ...inNamespace('kube-system'), podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
}

function inNamespace(name: string) {
  return { namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: name } } };
}
