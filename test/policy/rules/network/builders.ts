import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';

/** A NetworkPolicy in the namespace shop, for the service cart unless the spec says otherwise. */
export function aNetworkPolicy(spec: JsonObject, name = 'cart'): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: { matchLabels: { 'serving.knative.dev/service': 'cart' } }, ...spec },
  };
}

/** A peer: every pod of the namespace. */
export function fromNamespace(name: string): JsonObject {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

/** An ingress rule that lets Knative in and nobody else. */
export const KNATIVE_IN: JsonValue = { from: [fromNamespace('knative-serving'), fromNamespace('kourier-system')] };
