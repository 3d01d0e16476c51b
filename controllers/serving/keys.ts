/**
 * Knative Serving's labels and annotations (knative/serving pkg/apis/serving/register.go, knative/networking
 * pkg/apis/networking/register.go).
 */
const GROUP = 'serving.knative.dev';

export const SERVICE_LABEL = `${GROUP}/service`;
export const SERVICE_UID_LABEL = `${GROUP}/serviceUID`;
export const CONFIGURATION_LABEL = `${GROUP}/configuration`;
export const CONFIGURATION_UID_LABEL = `${GROUP}/configurationUID`;
export const CONFIGURATION_GENERATION_LABEL = `${GROUP}/configurationGeneration`;
export const REVISION_LABEL = `${GROUP}/revision`;
export const REVISION_UID_LABEL = `${GROUP}/revisionUID`;
export const ROUTE_LABEL = `${GROUP}/route`;
export const ROUTING_STATE_LABEL = `${GROUP}/routingState`;
export const APP_LABEL = 'app';
export const VISIBILITY_LABEL = 'networking.knative.dev/visibility';
export const CLUSTER_LOCAL = 'cluster-local';

export const ROUTES_ANNOTATION = `${GROUP}/routes`;
export const ROUTING_STATE_MODIFIED_ANNOTATION = `${GROUP}/routingStateModified`;
export const CREATOR_ANNOTATION = `${GROUP}/creator`;
export const UPDATER_ANNOTATION = `${GROUP}/lastModifier`;
export const LAST_PINNED_ANNOTATION = `${GROUP}/lastPinned`;
/** Keeps a Revision from being collected. */
export const NO_GC_ANNOTATION = `${GROUP}/no-gc`;
export const ROLLOUT_DURATION_ANNOTATIONS: readonly string[] = [
  `${GROUP}/rollout-duration`,
  `${GROUP}/rolloutDuration`,
];
export const PROGRESS_DEADLINE_ANNOTATION = `${GROUP}/progress-deadline`;
export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Whether a Route sends requests to a Revision; `pending` until that was looked at once. */
export type RoutingState = 'pending' | 'active' | 'reserve';
