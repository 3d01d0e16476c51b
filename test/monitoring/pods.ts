/** A cluster as Prometheus finds it: pods with their labels and ports, and what stands at each port. */
import type { JsonObject } from '../../src/kubernetes/json.ts';

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly container: string;
  readonly phase?: 'Running' | 'Succeeded';
  /** Names of ports, with the page that is served there; one without a page must not be asked. */
  readonly ports: Readonly<Record<string, string | undefined>>;
}

const SERVING = { 'app.kubernetes.io/name': 'knative-serving' } as const;
const EVENTING = { 'app.kubernetes.io/name': 'knative-eventing' } as const;

function component(namespace: string, name: string, labels: Readonly<Record<string, string>>, page: string): Pod {
  return {
    namespace,
    name: `${name}-7d8f9-abcde`,
    labels: { ...labels, 'app.kubernetes.io/component': name },
    container: name,
    ports: { metrics: page, profiling: undefined },
  };
}

function serves(namespace: string, service: string, page: string): Pod {
  return {
    namespace,
    name: `${service}-00001-deployment-5c9d6-x2x7k`,
    labels: { 'serving.knative.dev/revision': `${service}-00001`, 'serving.knative.dev/service': service },
    container: 'queue-proxy',
    ports: { 'queue-port': undefined, 'http-autometric': undefined, 'http-usermetric': page },
  };
}

function weir(name: string): Pod {
  const labels = { 'app.kubernetes.io/name': name };
  return { namespace: 'weir-system', name: `${name}-6b5f7-fghij`, labels, container: name, ports: { metrics: name } };
}

/** As controllers/deadLetters makes them. */
function sink(environment: string): Pod {
  return {
    namespace: 'weir-system',
    name: `dead-letters-${environment}-5d4f8-klmno`,
    labels: { 'app.kubernetes.io/name': 'dead-letters', 'weir.dev/dead-letters': environment },
    container: 'dead-letters',
    ports: { http: 'dead-letters' },
  };
}

/** Knative 1.23 with the shop's production on it, and beside it a namespace as Knative 1.15 would tell of it. */
export const PODS: readonly Pod[] = [
  weir('weir-webhook'),
  weir('weir-controller'),
  sink('prod'),
  component('knative-serving', 'autoscaler', SERVING, 'opentelemetry/autoscaler.prom'),
  component('knative-serving', 'controller', SERVING, 'opentelemetry/controller.prom'),
  component('knative-serving', 'activator', SERVING, 'opentelemetry/activator.prom'),
  component('knative-eventing', 'broker-ingress', EVENTING, 'opentelemetry/broker-ingress.prom'),
  component('knative-eventing', 'broker-filter', EVENTING, 'opentelemetry/broker-filter.prom'),
  serves('shop-prod', 'cart', 'opentelemetry/queue-proxy-cart.prom'),
  serves('shop-prod', 'dead-letters', 'opentelemetry/queue-proxy-dead-letters.prom'),
  component('knative-serving', 'autoscaler', SERVING, 'opencensus/autoscaler.prom'),
  component('knative-serving', 'activator', SERVING, 'opencensus/activator.prom'),
  component('knative-eventing', 'broker-ingress', EVENTING, 'opencensus/broker-ingress.prom'),
  component('knative-eventing', 'broker-filter', EVENTING, 'opencensus/broker-filter.prom'),
  serves('shop-legacy', 'cart', 'opencensus/queue-proxy-cart.prom'),
  serves('shop-legacy', 'dead-letters', 'opencensus/queue-proxy-dead-letters.prom'),
  // not to be asked: it has ended, it is somebody else's, it is no part of Weir
  { ...serves('shop-prod', 'ended', 'nowhere'), phase: 'Succeeded' },
  { ...component('shop-prod', 'autoscaler', SERVING, 'nowhere') },
  { ...weir('regcred-copier'), ports: { metrics: 'nowhere' } },
];

/**
 * The shipped scrape configuration with pods that are known in the place of a search for them: each job gets those of its
 * namespaces, with the labels that Prometheus' Kubernetes discovery gives a port of a pod, so that the relabelling is
 * the shipped one.
 *
 * @param addressOf of a page; one that nobody serves is asked in vain
 */
export function withPods(job: JsonObject, pods: readonly Pod[], addressOf: (page: string) => string): JsonObject {
  const { kubernetes_sd_configs: discoveries, ...rest } = job;
  const [discovery] = Array.isArray(discoveries) ? discoveries : [];
  const names: readonly string[] | undefined = discovery?.namespaces?.names;
  const found = pods.filter(({ namespace }) => names === undefined || names.includes(namespace));
  const static_configs = found.flatMap((pod) =>
    Object.entries(pod.ports).map(([port, page]) => ({
      targets: [addressOf(page ?? 'nowhere')],
      labels: discovered(pod, port),
    })),
  );
  return { ...rest, static_configs };
}

function discovered({ namespace, name, labels, container, phase = 'Running' }: Pod, port: string): JsonObject {
  const ofLabels = Object.entries(labels).flatMap(([label, value]) => {
    const spelled = label.replace(/[^a-zA-Z0-9]/g, '_');
    return [
      [`__meta_kubernetes_pod_label_${spelled}`, value],
      [`__meta_kubernetes_pod_labelpresent_${spelled}`, 'true'],
    ];
  });
  return {
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_phase: phase,
    __meta_kubernetes_pod_container_name: container,
    __meta_kubernetes_pod_container_port_name: port,
    ...Object.fromEntries(ofLabels),
  };
}
