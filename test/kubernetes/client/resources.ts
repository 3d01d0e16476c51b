import { clientOver } from '../../../src/kubernetes/client/client.ts';
import { type Connection, connectTo } from '../../../src/kubernetes/client/connection.ts';
import { fixedCredentials } from '../../../src/kubernetes/client/credentials.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export const networkPolicies: Resource = {
  group: 'networking.k8s.io',
  version: 'v1',
  plural: 'networkpolicies',
  kind: 'NetworkPolicy',
  isNamespaced: true,
};
export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  isNamespaced: false,
};
export const triggers: Resource = {
  group: 'eventing.knative.dev',
  version: 'v1',
  plural: 'triggers',
  kind: 'Trigger',
  isNamespaced: true,
};

export function aPolicy(name: string, namespace = 'shop-prod', spec: JsonObject = { podSelector: {} }): JsonObject {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace }, spec };
}

export function connectionTo(url: string, clock: Clock): Connection {
  return connectTo({ server: url, context: 'weir', namespace: 'default', credentials: fixedCredentials({}) }, clock);
}

export function clientTo(url: string, clock: Clock): ReturnType<typeof clientOver> {
  return clientOver(connectionTo(url, clock));
}
