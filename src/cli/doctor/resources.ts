/** Resources that the doctor alone looks at. */
import type { Resource } from '../../kubernetes/client/resource.ts';

export const pods = namespaced('', 'v1', 'Pod', 'pods');
export const events = namespaced('', 'v1', 'Event', 'events');
export const endpointSlices = namespaced('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');
export const brokers = namespaced('eventing.knative.dev', 'v1', 'Broker', 'brokers');
export const triggers = namespaced('eventing.knative.dev', 'v1', 'Trigger', 'triggers');
export const subscriptions = namespaced('messaging.knative.dev', 'v1', 'Subscription', 'subscriptions');

/** Sources of events, each with the versions that clusters serve, the newest first. */
export const SOURCES: readonly { readonly resource: Resource; readonly versions: readonly string[] }[] = [
  { resource: source('PingSource', 'pingsources'), versions: ['v1', 'v1beta2'] },
  { resource: source('KafkaSource', 'kafkasources'), versions: ['v1', 'v1beta1'] },
  { resource: source('ApiServerSource', 'apiserversources'), versions: ['v1'] },
  { resource: source('ContainerSource', 'containersources'), versions: ['v1'] },
  { resource: source('SinkBinding', 'sinkbindings'), versions: ['v1'] },
];

function source(kind: string, plural: string): Resource {
  return namespaced('sources.knative.dev', 'v1', kind, plural);
}

function namespaced(group: string, version: string, kind: string, plural: string): Resource {
  return { group, version, kind, plural, isNamespaced: true };
}
