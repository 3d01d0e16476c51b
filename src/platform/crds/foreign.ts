import type { JsonObject } from '../../kubernetes/json.ts';
import { kafkaCrds } from './kafka.ts';

/** A kind whose project cannot be built here: its name is real, its schema takes anything. */
interface ForeignKind {
  readonly group: string;
  /** The last one is stored. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  /** `kubectl get imc`. */
  readonly shortName?: string;
  /** Beside `all` and `knative`, for those of Knative. */
  readonly categories?: readonly string[];
  /** What kubectl shows beside the name. */
  readonly columns?: readonly JsonObject[];
}

const EVENTING = 'eventing.knative.dev';
const SOURCES = 'sources.knative.dev';
const MESSAGING = 'messaging.knative.dev';
const KEDA = 'keda.sh';
const ISTIO = 'networking.istio.io';
const ISTIO_VERSIONS = ['v1alpha3', 'v1beta1', 'v1'];

const ADDRESS: JsonObject = { name: 'URL', type: 'string', jsonPath: '.status.address.url' };
const SINK: JsonObject = { name: 'Sink', type: 'string', jsonPath: '.status.sinkUri' };
const READY: readonly JsonObject[] = [
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Reason', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
];
const TAKES_EVENTS = [ADDRESS, ...READY];

/** The versions and columns that knative/eventing and its extensions v1.23, kedacore/keda v2 and istio/istio 1.2x serve, in their config folders. */
const KINDS: readonly ForeignKind[] = [
  { group: EVENTING, versions: ['v1beta2', 'v1beta3'], kind: 'EventType', plural: 'eventtypes' },
  {
    group: MESSAGING,
    versions: ['v1beta1', 'v1'],
    kind: 'KafkaChannel',
    plural: 'kafkachannels',
    shortName: 'kc',
    categories: ['messaging', 'channel'],
    columns: TAKES_EVENTS,
  },
  {
    group: SOURCES,
    versions: ['v1alpha1'],
    kind: 'GitHubSource',
    plural: 'githubsources',
    categories: ['eventing', 'sources'],
    columns: [...READY.slice(1), SINK, ...READY.slice(0, 1)],
  },
  { group: KEDA, versions: ['v1alpha1'], kind: 'ScaledObject', plural: 'scaledobjects' },
  { group: KEDA, versions: ['v1alpha1'], kind: 'ScaledJob', plural: 'scaledjobs' },
  { group: KEDA, versions: ['v1alpha1'], kind: 'TriggerAuthentication', plural: 'triggerauthentications' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'VirtualService', plural: 'virtualservices' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'DestinationRule', plural: 'destinationrules' },
  { group: ISTIO, versions: ISTIO_VERSIONS, kind: 'Gateway', plural: 'gateways' },
];

/** CustomResourceDefinitions of the kinds of Eventing's extensions, KEDA and Istio, and of EventTypes: names, versions and columns are real, all else passes. */
export function foreignCrds(): JsonObject[] {
  const reduced = KINDS.map(({ group, versions, kind, plural, shortName, categories, columns }) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind,
        plural,
        singular: kind.toLowerCase(),
        listKind: `${kind}List`,
        ...(shortName === undefined ? {} : { shortNames: [shortName] }),
        ...(categories === undefined ? {} : { categories: ['all', 'knative', ...categories] }),
      },
      versions: versions.map((name) => ({
        name,
        served: true,
        storage: name === versions.at(-1),
        subresources: { status: {} },
        ...(columns === undefined ? {} : { additionalPrinterColumns: columns }),
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  }));
  return [...kafkaCrds(), ...reduced];
}
