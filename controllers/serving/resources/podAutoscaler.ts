/** The PodAutoscaler of a Revision (knative/serving pkg/reconciler/revision/resources/{pa,meta}.go, reconcile_resources.go). */

import { CLASS, HPA, isAutoscalingKey, KPA, METRIC } from '../../../src/knative/autoscaling/annotations.ts';
import { podAutoscalers, revisions } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import {
  APP_LABEL,
  LAST_PINNED_ANNOTATION,
  NO_GC_ANNOTATION,
  REVISION_LABEL,
  REVISION_UID_LABEL,
  ROUTE_LABEL,
  ROUTES_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
} from '../keys.ts';
import { deploymentName } from '../names.ts';
import { labelOf, namespaceOf } from '../read.ts';
import { controllerReference } from './owner.ts';
import { without } from './without.ts';

/** Annotations of a Revision that what is made of it does not have. */
export const NOT_COPIED = new Set([
  LAST_PINNED_ANNOTATION,
  NO_GC_ANNOTATION,
  ROUTING_STATE_MODIFIED_ANNOTATION,
  ROUTES_ANNOTATION,
]);
const [CLASS_KEY] = CLASS;
const [METRIC_KEY] = METRIC;
/** Filled in by Knative's webhook, so that their absence on the Revision does not take them away. */
const FILLED_IN = new Set<string>([CLASS_KEY, METRIC_KEY]);

export interface PodAutoscalerOptions {
  /** config-autoscaler's `pod-autoscaler-class`. */
  readonly podAutoscalerClass: string;
  /** True where the Revision wants instances, has none that is ready, and says why it failed. */
  readonly hasFailed: boolean;
}

export function makePodAutoscaler(revision: JsonObject, options: PodAutoscalerOptions): JsonObject {
  const annotations = without(annotationsOf(revision), (key) => NOT_COPIED.has(key));
  const podAutoscalerClass = annotations[CLASS_KEY] ?? options.podAutoscalerClass;
  return {
    apiVersion: apiVersionOf(podAutoscalers),
    kind: podAutoscalers.kind,
    metadata: {
      name: nameOf(revision),
      namespace: namespaceOf(revision),
      ownerReferences: [controllerReference(revision, revisions)],
      labels: labelsFor(revision),
      annotations: { [METRIC_KEY]: defaultMetric(podAutoscalerClass), ...annotations, [CLASS_KEY]: podAutoscalerClass },
    },
    spec: podAutoscalerSpec(revision, options),
  };
}

export function podAutoscalerSpec(revision: JsonObject, { hasFailed }: PodAutoscalerOptions): JsonObject {
  const containerConcurrency = numberAt(revision, 'spec', 'containerConcurrency') ?? 0;
  const reachability = hasFailed ? 'Unreachable' : reachabilityOf(revision);
  return {
    ...(containerConcurrency === 0 ? {} : { containerConcurrency }),
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName(nameOf(revision)) },
    ...(reachability === '' ? {} : { reachability }),
    protocolType: protocolOf(revision),
  };
}

/**
 * The annotations that a PodAutoscaler should have, of those that it has: the Revision's, later changes too, and
 * without autoscaling ones that the Revision has no more. What else somebody wrote there stays.
 */
export function syncedAnnotations(podAutoscaler: JsonObject, revision: JsonObject): JsonObject {
  const wanted = without(annotationsOf(revision), (key) => NOT_COPIED.has(key));
  const kept = without(annotationsOf(podAutoscaler), (key) => isAutoscalingKey(key) && !FILLED_IN.has(key));
  return { ...kept, ...wanted };
}

function reachabilityOf(revision: JsonObject): string {
  const state = labelOf(revision, ROUTING_STATE_LABEL);
  if (state === 'active') return 'Reachable';
  return state === 'reserve' ? 'Unreachable' : '';
}

/** Labels of what is made of a Revision. */
export function labelsFor(revision: JsonObject): JsonObject {
  const labels = without(labelsOf(revision), (key) => key === ROUTE_LABEL || key === ROUTING_STATE_LABEL);
  return {
    [APP_LABEL]: nameOf(revision),
    ...labels,
    [REVISION_LABEL]: nameOf(revision),
    [REVISION_UID_LABEL]: uidOf(revision),
  };
}

function defaultMetric(podAutoscalerClass: unknown): string {
  if (podAutoscalerClass === KPA) return 'concurrency';
  return podAutoscalerClass === HPA ? 'cpu' : '';
}

/** `h2c` where the container that takes requests names its port so. */
export function protocolOf(revision: JsonObject): 'h2c' | 'http1' {
  const containers = arrayAt(revision, 'spec', 'containers').filter(isObject);
  const [only] = containers;
  const serving = containers.length === 1 ? only : containers.find((each) => arrayAt(each, 'ports').length > 0);
  return stringAt(serving, 'ports', 0, 'name') === 'h2c' ? 'h2c' : 'http1';
}
