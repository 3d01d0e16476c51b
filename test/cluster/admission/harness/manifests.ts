/** Manifests as people write them, each accepted in every environment unless something is changed. */
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

export interface ServiceChange {
  readonly name?: string;
  /** Of the Service. */
  readonly annotations?: JsonObject;
  /** Of the template. */
  readonly template?: JsonObject;
  /** Added to the container, or in place of what it has. */
  readonly container?: JsonObject;
}

/** Knative looks for no digest of an image that has one. */
export const IMAGE = `registry.example.com/shop/cart:1.0.0@sha256:${'a'.repeat(64)}`;

export function service({
  name = 'cart',
  annotations = {},
  template = {},
  container = {},
}: ServiceChange = {}): string {
  return JSON.stringify({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, annotations },
    spec: {
      template: {
        metadata: { annotations: template },
        spec: {
          imagePullSecrets: [{ name: 'regcred' }],
          containers: [{ ...CONTAINER, ...container }],
        },
      },
    },
  });
}

const CONTAINER: JsonObject = {
  image: IMAGE,
  ports: [{ containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/health' } },
  livenessProbe: { httpGet: { path: '/health' } },
  securityContext: { runAsNonRoot: true },
  resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
};

export function scale(least: string, most: string): JsonObject {
  return { 'autoscaling.knative.dev/min-scale': least, 'autoscaling.knative.dev/max-scale': most };
}

/** Selects every pod, and lets in what Knative needs. */
export const FROM_KNATIVE = JSON.stringify({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'from-knative' },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: ['knative-serving', 'kourier-system'].map((name) => ({
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
        })),
      },
    ],
  },
});

export function broker(): string {
  return JSON.stringify({
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: { name: 'orders', annotations: { 'eventing.knative.dev/broker.class': 'Kafka' } },
    spec: {
      config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'kafka-broker-config', namespace: 'knative-eventing' },
    },
  });
}

/** Of that Broker. */
export function trigger(): string {
  return JSON.stringify({
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: 'on-order' },
    spec: {
      broker: 'orders',
      filter: { attributes: { type: 'order.created.v1' } },
      subscriber: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'cart' } },
    },
  });
}

const A_MONTH = 30 * 86_400_000;

export interface ExceptionChange {
  readonly until?: string;
  readonly rules?: readonly string[];
  /** Of what is excused. */
  readonly kind?: string;
  readonly name?: string;
}

/** Unless changed, from the bounds of max-scale for the Service cart; for a month. */
export function exception(change: ExceptionChange = {}): string {
  const { until = new Date(Date.now() + A_MONTH).toISOString().slice(0, 10), name = 'cart' } = change;
  const { rules = ['autoscaling/max-scale', 'resources/budget'], kind = 'serving.knative.dev/Service' } = change;
  return JSON.stringify({
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'sale' },
    spec: {
      rules,
      match: { kinds: [kind], names: [name] },
      reason: 'the sale needs ten times the usual pods',
      owner: 'team-shop',
      until,
    },
  });
}

/** Of one container, called worker. */
export function deployment(image: string): string {
  const probe = { httpGet: { path: '/health', port: 8080 } };
  const securityContext = {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const { resources = {} } = CONTAINER;
  const container = { name: 'worker', image, readinessProbe: probe, livenessProbe: probe, securityContext, resources };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'worker' },
    spec: {
      selector: { matchLabels: { app: 'worker' } },
      template: { metadata: { labels: { app: 'worker' } }, spec: { containers: [container] } },
    },
  });
}
