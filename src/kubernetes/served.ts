/**
 * As which resource, in which versions, an API server serves the kinds that Weir judges.
 *
 * All served versions stand here: an object comes as its author wrote it, and gets the verdict that `weir check` gives
 * the same file. Another version, where a cluster has one, is converted to one of these (`matchPolicy: Equivalent`).
 * Sources: the CRDs of knative/serving config/core/300-resources, knative/eventing config/core/resources,
 * knative-extensions/eventing-kafka-broker and kedacore/keda config/crd/bases; k8s.io/api for the rest.
 */
import * as kinds from './kinds.ts';
import { defineKind, type Kind } from './kinds.ts';

export interface ServedKind {
  readonly group: string;
  /** The plural of the URL: `networkpolicies`. */
  readonly plural: string;
  readonly versions: readonly [string, ...string[]];
  readonly scope: 'Namespaced' | 'Cluster';
}

/** What rules look up and none judges. */
const eventTransform = defineKind('eventing.knative.dev', 'EventTransform');
const kafkaSink = defineKind('eventing.knative.dev', 'KafkaSink');
const integrationSink = defineKind('sinks.knative.dev', 'IntegrationSink');
const jobSink = defineKind('sinks.knative.dev', 'JobSink');
const sealedSecret = defineKind('bitnami.com', 'SealedSecret');
const externalSecret = defineKind('external-secrets.io', 'ExternalSecret');

const SERVED: ReadonlyMap<string, ServedKind> = new Map([
  served(kinds.knativeService, 'services', ['v1']),
  served(kinds.configuration, 'configurations', ['v1']),
  served(kinds.route, 'routes', ['v1']),
  served(kinds.revision, 'revisions', ['v1']),
  served(kinds.domainMapping, 'domainmappings', ['v1beta1']),
  served(kinds.broker, 'brokers', ['v1']),
  served(kinds.trigger, 'triggers', ['v1']),
  served(kinds.eventType, 'eventtypes', ['v1beta3', 'v1beta2', 'v1beta1']),
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
  served(eventTransform, 'eventtransforms', ['v1alpha1']),
  served(kafkaSink, 'kafkasinks', ['v1alpha1']),
  served(integrationSink, 'integrationsinks', ['v1alpha1']),
  served(jobSink, 'jobsinks', ['v1alpha1']),
  served(sealedSecret, 'sealedsecrets', ['v1alpha1']),
  served(externalSecret, 'externalsecrets', ['v1', 'v1beta1']),
  served(kinds.policyException, 'policyexceptions', ['v1alpha1']),
  served(kinds.scalingSchedule, 'scalingschedules', ['v1alpha1']),
  served(kinds.trafficRollout, 'trafficrollouts', ['v1alpha1']),
  served(kinds.configMap, 'configmaps', ['v1']),
  served(kinds.secret, 'secrets', ['v1']),
  served(kinds.service, 'services', ['v1']),
  served(kinds.serviceAccount, 'serviceaccounts', ['v1']),
  served(kinds.namespace, 'namespaces', ['v1'], 'Cluster'),
  served(kinds.resourceQuota, 'resourcequotas', ['v1']),
  served(kinds.limitRange, 'limitranges', ['v1']),
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

function served(
  kind: Kind,
  plural: string,
  versions: ServedKind['versions'],
  scope: ServedKind['scope'] = 'Namespaced',
) {
  return [kind.key, { group: kind.group, plural, versions, scope }] as const;
}

/** Undefined for a kind that this table does not have. */
export function servedAs(kind: Kind): ServedKind | undefined {
  return SERVED.get(kind.key);
}
