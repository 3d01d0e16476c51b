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
