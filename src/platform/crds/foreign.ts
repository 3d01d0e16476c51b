import type { JsonObject } from '../../kubernetes/json.ts';

/** A kind whose project cannot be built here: its name is real, its schema takes anything. */
interface ForeignKind {
  readonly group: string;
  /** The last one is stored. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
}

const EVENTING = 'eventing.knative.dev';
const SOURCES = 'sources.knative.dev';
const MESSAGING = 'messaging.knative.dev';
const FLOWS = 'flows.knative.dev';
const KEDA = 'keda.sh';
const ISTIO = 'networking.istio.io';
const ISTIO_VERSIONS = ['v1alpha3', 'v1beta1', 'v1'];

/** The versions that knative/eventing v1.23, kedacore/keda v2 and istio/istio 1.2x serve, in their config folders. */
const KINDS: readonly ForeignKind[] = [
  { group: EVENTING, versions: ['v1'], kind: 'Broker', plural: 'brokers' },
  { group: EVENTING, versions: ['v1'], kind: 'Trigger', plural: 'triggers' },
  { group: EVENTING, versions: ['v1beta2', 'v1beta3'], kind: 'EventType', plural: 'eventtypes' },
  { group: EVENTING, versions: ['v1alpha1'], kind: 'EventPolicy', plural: 'eventpolicies' },
  { group: EVENTING, versions: ['v1alpha1'], kind: 'EventTransform', plural: 'eventtransforms' },
  { group: MESSAGING, versions: ['v1'], kind: 'Channel', plural: 'channels' },
  { group: MESSAGING, versions: ['v1'], kind: 'InMemoryChannel', plural: 'inmemorychannels' },
  { group: MESSAGING, versions: ['v1beta1', 'v1'], kind: 'KafkaChannel', plural: 'kafkachannels' },
  { group: MESSAGING, versions: ['v1'], kind: 'Subscription', plural: 'subscriptions' },
  { group: FLOWS, versions: ['v1'], kind: 'Sequence', plural: 'sequences' },
  { group: FLOWS, versions: ['v1'], kind: 'Parallel', plural: 'parallels' },
  { group: SOURCES, versions: ['v1beta2', 'v1'], kind: 'PingSource', plural: 'pingsources' },
  { group: SOURCES, versions: ['v1'], kind: 'ApiServerSource', plural: 'apiserversources' },
  { group: SOURCES, versions: ['v1'], kind: 'ContainerSource', plural: 'containersources' },
  { group: SOURCES, versions: ['v1'], kind: 'SinkBinding', plural: 'sinkbindings' },
  { group: SOURCES, versions: ['v1beta1', 'v1'], kind: 'KafkaSource', plural: 'kafkasources' },
  { group: KEDA, versions: ['v1alpha1'], kind: 'ScaledObject', plural: 'scaledobjects' },
  { group: KEDA, versions: ['v1alpha1'], kind: 'ScaledJob', plural: 'scaledjobs' },
  { group: KEDA, versions: ['v1alpha1'], kind: 'TriggerAuthentication', plural: 'triggerauthentications' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'VirtualService', plural: 'virtualservices' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'DestinationRule', plural: 'destinationrules' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'Gateway', plural: 'gateways' },
];

/** CustomResourceDefinitions of the kinds of Eventing, KEDA and Istio: names and versions are real, all else passes. */
export function foreignCrds(): JsonObject[] {
  return KINDS.map(({ group, versions, kind, plural }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions.at(-1),
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  }));
}
