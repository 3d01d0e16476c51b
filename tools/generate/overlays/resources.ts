/**
 * As which resource, in which versions, an API server serves the kinds that Weir judges.
 *
 * All served versions stand here: an object comes as its author wrote it, and gets the verdict that `weir check` gives
 * the same file. Another version, where a cluster has one, is converted to one of these (`matchPolicy: Equivalent`).
 * Sources: the CRDs of knative/serving config/core/300-resources, knative/eventing config/core/resources,
 * knative-extensions/eventing-kafka-broker and kedacore/keda config/crd/bases; k8s.io/api for the rest.
 */
import { removedKinds } from '../../../src/knative/eventing/legacy.ts';
import * as kinds from '../../../src/kubernetes/kinds.ts';
import { defineKind, type Kind } from '../../../src/kubernetes/kinds.ts';

export interface Resource {
  readonly group: string;
  /** The plural of the URL: `networkpolicies`. */
  readonly plural: string;
  readonly versions: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
}

const eventType = defineKind('eventing.knative.dev', 'EventType');

const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  served(kinds.knativeService, 'services', ['v1']),
  served(kinds.configuration, 'configurations', ['v1']),
  served(kinds.route, 'routes', ['v1']),
  served(kinds.revision, 'revisions', ['v1']),
  served(kinds.domainMapping, 'domainmappings', ['v1beta1']),
  served(kinds.broker, 'brokers', ['v1']),
  served(kinds.trigger, 'triggers', ['v1']),
  served(eventType, 'eventtypes', ['v1beta3', 'v1beta2', 'v1beta1']),
  served(kinds.channel, 'channels', ['v1']),
  served(kinds.inMemoryChannel, 'inmemorychannels', ['v1']),
  served(kinds.kafkaChannel, 'kafkachannels', ['v1', 'v1beta1']),
  served(kinds.subscription, 'subscriptions', ['v1']),
  served(kinds.sequence, 'sequences', ['v1']),
  served(kinds.parallel, 'parallels', ['v1']),
  served(kinds.apiServerSource, 'apiserversources', ['v1']),
  served(kinds.containerSource, 'containersources', ['v1']),
  served(kinds.kafkaSource, 'kafkasources', ['v1', 'v1beta1']),
  served(kinds.pingSource, 'pingsources', ['v1', 'v1beta2']),
  served(kinds.sinkBinding, 'sinkbindings', ['v1']),
  served(kinds.scaledObject, 'scaledobjects', ['v1alpha1']),
  served(kinds.scaledJob, 'scaledjobs', ['v1alpha1']),
  served(kinds.policyException, 'policyexceptions', ['v1alpha1']),
  served(kinds.configMap, 'configmaps', ['v1']),
  served(kinds.secret, 'secrets', ['v1']),
  served(kinds.service, 'services', ['v1']),
  served(kinds.serviceAccount, 'serviceaccounts', ['v1']),
  served(kinds.namespace, 'namespaces', ['v1'], 'Cluster'),
  served(kinds.deployment, 'deployments', ['v1']),
  served(kinds.statefulSet, 'statefulsets', ['v1']),
  served(kinds.cronJob, 'cronjobs', ['v1']),
  served(kinds.job, 'jobs', ['v1']),
  served(kinds.horizontalPodAutoscaler, 'horizontalpodautoscalers', ['v2', 'v1']),
  served(kinds.networkPolicy, 'networkpolicies', ['v1']),
  served(kinds.role, 'roles', ['v1']),
  served(kinds.roleBinding, 'rolebindings', ['v1']),
  served(kinds.clusterRole, 'clusterroles', ['v1'], 'Cluster'),
  served(kinds.clusterRoleBinding, 'clusterrolebindings', ['v1'], 'Cluster'),
]);

function served(kind: Kind, plural: string, versions: string[], scope: Resource['scope'] = 'Namespaced') {
  return [kind.key, { group: kind.group, plural, versions, scope }] as const;
}

/** Rules know kinds that no API server serves any more, so that `weir check` can say what came after them. */
const REMOVED: ReadonlySet<string> = new Set([...removedKinds.map(({ key }) => key), 'keda.k8s.io/ScaledObject']);

/**
 * What no webhook of Weir's may stand before: a pod has to start, and a node to renew its lease, whatever becomes of Weir.
 * A policy's own rule for them counts in `weir check`, and not at the API.
 */
const NEVER: ReadonlySet<string> = new Set(['Pod', 'Node', 'coordination.k8s.io/Lease']);

/** The resource of a kind; undefined where no API server serves the kind any more, or where no webhook may stand. */
export function resourceOf(kind: Kind): Resource | undefined {
  if (REMOVED.has(kind.key) || NEVER.has(kind.key)) return undefined;
  const resource = RESOURCES.get(kind.key);
  if (resource !== undefined) return resource;
  throw new Error(
    `as what an API server serves ${kind.key} is not known; add it to tools/generate/overlays/resources.ts`,
  );
}
