/** Every path that Knative needs, and paths that nobody invited, for each gateway. */

import type { Port } from '../../src/kubernetes/networkPolicy.ts';
import { aPod, HOME, knativePod, type Pod, port } from './world.ts';

export interface Path {
  readonly what: string;
  readonly from: Pod;
  readonly to: Pod;
  readonly on: Port;
}

export interface GatewayCase {
  readonly name: string;
  /** The policy's `knative.gateways`. */
  readonly namespaces: readonly string[];
  /** Its pods that bring requests in, as the releases that knative/serving ships label them. */
  readonly pods: readonly Pod[];
  /** Its pods that services call, with the ports behind its cluster-local Service. */
  readonly local: Pod;
  readonly localPorts: readonly number[];
  /** Pods of the same namespaces that are no gateway. */
  readonly beside: readonly Pod[];
}

const kourier = aPod('kourier-system', { app: '3scale-kourier-gateway', 'pod-template-hash': '1' });
const kourierBeside = aPod('knative-serving', { app: '3scale-kourier-gateway', 'pod-template-hash': '1' });
const istio = aPod('istio-system', { app: 'istio-ingressgateway', istio: 'ingressgateway' });
const contourInside = aPod('contour-internal', { app: 'envoy', 'controller-revision-hash': '1' });
const contourOutside = aPod('contour-external', { app: 'envoy', 'controller-revision-hash': '1' });
const custom = aPod('edge-gateways', { app: 'envoy-of-ours' });

export const GATEWAYS: readonly GatewayCase[] = [
  {
    name: 'Kourier',
    namespaces: ['kourier-system'],
    pods: [kourier],
    local: kourier,
    localPorts: [8081, 8444],
    beside: [aPod('kourier-system', { app: 'debug' })],
  },
  {
    name: "Kourier by Knative's operator",
    namespaces: ['knative-serving'],
    pods: [kourierBeside],
    local: kourierBeside,
    localPorts: [8081, 8444],
    beside: [aPod('knative-serving', { app: 'controller' })],
  },
  {
    name: 'Istio',
    namespaces: ['istio-system'],
    pods: [istio],
    local: istio,
    localPorts: [8081, 8444],
    beside: [aPod('istio-system', { app: 'istiod', istio: 'pilot' })],
  },
  {
    name: 'Contour',
    namespaces: ['contour-external', 'contour-internal'],
    pods: [contourOutside, contourInside],
    local: contourInside,
    localPorts: [8080, 8443],
    beside: [aPod('contour-internal', { app: 'contour' })],
  },
  {
    name: 'a gateway of another name',
    namespaces: ['edge-gateways'],
    pods: [custom],
    local: custom,
    localPorts: [8080, 8081, 8443, 8444],
    beside: [],
  },
];

const cart = knativePod('cart');
const checkout = knativePod('checkout');
const postgres = aPod(HOME, { app: 'postgres' });
const activator = aPod('knative-serving', { app: 'activator', role: 'activator' });
const autoscaler = aPod('knative-serving', { app: 'autoscaler' });
const prometheus = aPod('monitoring', { 'app.kubernetes.io/name': 'prometheus' });
const dns = aPod('kube-system', { 'k8s-app': 'kube-dns' });
const brokerIngress = aPod('knative-eventing', { 'eventing.knative.dev/brokerRole': 'ingress' });
const kafkaReceiver = aPod('knative-eventing', { app: 'kafka-broker-receiver' });
const stranger = aPod('other-team', { app: 'curl' });

const REQUESTS = [8012, 8013, 8112];

export function needed({ pods, local, localPorts }: GatewayCase): Path[] {
  const paths: Path[] = [];
  const add = (what: string, from: Pod, to: Pod, on: Port): void => {
    paths.push({ what: `${what} on ${on.number}/${on.protocol}`, from, to, on });
  };
  for (const number of REQUESTS) {
    for (const pod of pods) add(`requests from the gateway in ${pod.namespace}`, pod, cart, port(number));
    add('requests from the activator', activator, cart, port(number));
    add("the autoscaler's probe of the activator", autoscaler, cart, port(number));
  }
  add("the autoscaler's scrape", autoscaler, cart, port(9090));
  add('the metrics of a service', prometheus, cart, port(9091));
  for (const from of [cart, postgres]) {
    add('DNS', from, dns, port(53, 'UDP'));
    add('DNS', from, dns, port(53));
    for (const number of localPorts) add('a call to another service', from, local, port(number));
    for (const broker of [brokerIngress, kafkaReceiver]) {
      add('an event to a Broker', from, broker, port(8080));
      add('an event to a Broker over TLS', from, broker, port(8443));
    }
  }
  return paths;
}

export function uninvitedIn({ pods, beside }: GatewayCase): Path[] {
  const paths: Path[] = [];
  const add = (what: string, from: Pod, to: Pod, number: number): void => {
    paths.push({ what: `${what} on ${number}`, from, to, on: port(number) });
  };
  for (const number of [...REQUESTS, 8080, 9090, 9091]) {
    add('a service past the gateway', checkout, cart, number);
    add('another pod of the namespace', postgres, cart, number);
    add('a pod of another namespace', stranger, cart, number);
    add('a pod that calls itself the activator', aPod('other-team', { app: 'activator' }), cart, number);
    add("another of Knative's pods", aPod('knative-serving', { app: 'controller' }), cart, number);
    for (const pod of beside) add(`a pod beside the gateway in ${pod.namespace}`, pod, cart, number);
  }
  for (const pod of pods) {
    add('the gateway past queue-proxy', pod, cart, 8080);
    add('the gateway at the metrics', pod, cart, 9090);
    add('the gateway at what is no service', pod, postgres, 8012);
  }
  add('the activator at the metrics', activator, cart, 9090);
  add('Prometheus at the requests', prometheus, cart, 8012);
  add('a service at a database that nobody opened', cart, postgres, 5432);
  return paths;
}

export function uninvitedOut({ local }: GatewayCase): Path[] {
  const paths: Path[] = [];
  const add = (what: string, to: Pod, number: number): void => {
    paths.push({ what: `${what} on ${number}`, from: cart, to, on: port(number) });
  };
  add('a database elsewhere', aPod('databases', { app: 'postgres' }), 5432);
  add('a service elsewhere, past the gateway', knativePod('orders', 'other-team'), 8012);
  add("the gateway's administration", local, 9901);
  add("Knative's webhook", aPod('knative-serving', { app: 'webhook' }), 8443);
  add("Eventing's webhook", aPod('knative-eventing', { app: 'eventing-webhook' }), 8443);
  add('something else at DNS', dns, 9153);
  return paths;
}
