/** Which kinds the webhook follows, and what it keeps of each. The ClusterRole of overlays/base gives the rights for it. */
import { eventTransform, integrationSink, jobSink, kafkaSink } from '../../src/knative/eventing/references.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { everything, identity, type Keep, only, whole } from '../../src/kubernetes/keep.ts';
import * as kinds from '../../src/kubernetes/kinds.ts';

export interface FollowedKind {
  readonly kind: kinds.Kind;
  readonly plural: string;
  /** The first that the server has is taken. */
  readonly versions: readonly [string, ...string[]];
  readonly isNamespaced: boolean;
  readonly keep: Keep;
  /** Leaves out what controllers make of other objects, where a rule would take it for somebody's own. */
  readonly labelSelector?: string;
}

/** Of a workload, NetworkPolicies look at its pods' labels alone. */
const podLabels = only(['spec', 'template', 'metadata', 'labels']);

export const FOLLOWED: readonly FollowedKind[] = [
  followed(kinds.policyException, 'policyexceptions', ['v1alpha1'], everything),
  followed(kinds.scalingSchedule, 'scalingschedules', ['v1alpha1'], whole),
  followed(kinds.trafficRollout, 'trafficrollouts', ['v1alpha1'], whole),

  followed(kinds.namespace, 'namespaces', ['v1'], everything, { isNamespaced: false }),
  followed(kinds.service, 'services', ['v1'], identity),
  followed(kinds.serviceAccount, 'serviceaccounts', ['v1'], only(['imagePullSecrets'])),
  // a Revision's Deployment is Knative's: rules know it by the Service
  followed(kinds.deployment, 'deployments', ['v1'], podLabels, { labelSelector: '!serving.knative.dev/revision' }),
  followed(kinds.statefulSet, 'statefulsets', ['v1'], podLabels),
  followed(kinds.job, 'jobs', ['v1'], podLabels),
  followed(kinds.cronJob, 'cronjobs', ['v1'], whole),
  followed(kinds.horizontalPodAutoscaler, 'horizontalpodautoscalers', ['v2', 'v1'], only(['spec', 'scaleTargetRef'])),
  followed(kinds.networkPolicy, 'networkpolicies', ['v1'], whole),
  followed(kinds.role, 'roles', ['v1'], only(['rules'])),
  followed(kinds.clusterRole, 'clusterroles', ['v1'], only(['rules'], ['aggregationRule']), { isNamespaced: false }),
  followed(kinds.roleBinding, 'rolebindings', ['v1'], only(['roleRef'], ['subjects'])),
  followed(kinds.clusterRoleBinding, 'clusterrolebindings', ['v1'], only(['roleRef'], ['subjects']), {
    isNamespaced: false,
  }),

  followed(kinds.knativeService, 'services', ['v1'], whole),
  // what a Service makes carries this label
  followed(kinds.configuration, 'configurations', ['v1'], whole, { labelSelector: '!serving.knative.dev/service' }),
  followed(kinds.route, 'routes', ['v1'], identity),
  followed(kinds.domainMapping, 'domainmappings', ['v1beta1', 'v1'], whole),

  followed(kinds.broker, 'brokers', ['v1'], whole),
  followed(kinds.trigger, 'triggers', ['v1'], whole),
  followed(kafkaSink, 'kafkasinks', ['v1alpha1'], identity),
  followed(eventTransform, 'eventtransforms', ['v1alpha1'], identity),
  followed(kinds.channel, 'channels', ['v1'], whole),
  followed(kinds.inMemoryChannel, 'inmemorychannels', ['v1'], whole),
  followed(kinds.kafkaChannel, 'kafkachannels', ['v1', 'v1beta1'], whole),
  followed(kinds.subscription, 'subscriptions', ['v1'], whole),
  followed(kinds.sequence, 'sequences', ['v1'], whole),
  followed(kinds.parallel, 'parallels', ['v1'], whole),
  followed(kinds.pingSource, 'pingsources', ['v1'], whole),
  followed(kinds.kafkaSource, 'kafkasources', ['v1', 'v1beta1'], whole),
  followed(kinds.apiServerSource, 'apiserversources', ['v1'], whole),
  followed(kinds.containerSource, 'containersources', ['v1'], whole),
  followed(kinds.sinkBinding, 'sinkbindings', ['v1'], whole),
  followed(jobSink, 'jobsinks', ['v1alpha1'], identity),
  followed(integrationSink, 'integrationsinks', ['v1alpha1'], identity),

  followed(kinds.scaledObject, 'scaledobjects', ['v1alpha1'], whole),
  followed(
    kinds.scaledJob,
    'scaledjobs',
    ['v1alpha1'],
    only(['spec', 'jobTargetRef', 'template', 'metadata', 'labels']),
  ),
];

function followed(
  kind: kinds.Kind,
  plural: string,
  versions: FollowedKind['versions'],
  keep: Keep,
  { isNamespaced = true, labelSelector }: { readonly isNamespaced?: boolean; readonly labelSelector?: string } = {},
): FollowedKind {
  return { kind, plural, versions, isNamespaced, keep, ...(labelSelector === undefined ? {} : { labelSelector }) };
}

/** Kinds that rules look up and that the webhook does not follow, each with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  Secret: 'who reads all Secrets holds every login of the cluster; that one is missing is a finding of check and audit',
  ConfigMap: 'they may hold anything; the policy says what Knative is set to',
  'bitnami.com/SealedSecret': 'looked up only where a Secret is missing, which is not told here',
  'external-secrets.io/ExternalSecret': 'looked up only where a Secret is missing, which is not told here',
  'sources.knative.dev/CronJobSource': 'no Knative that Weir knows serves it any more',
};

export function resourceOf({ kind, plural, isNamespaced }: FollowedKind, version: string): Resource {
  return { group: kind.group, version, plural, kind: kind.kind, isNamespaced };
}
