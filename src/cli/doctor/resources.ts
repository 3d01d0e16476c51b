/** Resources that the doctor looks at. */
import {
  apiServerSources,
  containerSources,
  kafkaSources,
  pingSources,
  sinkBindings,
} from '../../knative/eventing/resources.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';

export const events = namespaced('', 'v1', 'Event', 'events');
export const endpointSlices = namespaced('discovery.k8s.io', 'v1', 'EndpointSlice', 'endpointslices');

/** Sources of events, each with the versions that clusters serve, the newest first. */
export const SOURCES: readonly { readonly resource: Resource; readonly versions: readonly string[] }[] = [
  { resource: pingSources, versions: ['v1', 'v1beta2'] },
  { resource: kafkaSources, versions: ['v1', 'v1beta1'] },
  { resource: apiServerSources, versions: ['v1'] },
  { resource: containerSources, versions: ['v1'] },
  { resource: sinkBindings, versions: ['v1'] },
];

function namespaced(group: string, version: string, kind: string, plural: string): Resource {
  return { group, version, kind, plural, isNamespaced: true };
}
