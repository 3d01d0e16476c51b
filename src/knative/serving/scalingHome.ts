/**
 * Where a running Revision's scaling is changed without a new Revision and without a restart of its pods.
 *
 * Since 1.21 a Revision's annotations of autoscaling.knative.dev are copied to its PodAutoscaler each time that either
 * changes, and stay off the pods (knative/serving pkg/reconciler/revision/reconcile_resources.go reconcilePA and
 * resources/meta.go). Before, they are copied once, when the PodAutoscaler is made, and an annotation of the Revision
 * enters the pod template: there the PodAutoscaler itself is the place.
 */

export type ScalingHome = 'revision' | 'podAutoscaler';

const COPIED_SINCE = 21;
const VERSION = /^v?1\.(\d{1,4})(?:\.|-|\+|$)/;

/**
 * @param version `1.21.0` or `v1.21`, as releases label their definitions
 * @returns undefined where the text is no release of Knative 1: `devel` says nothing of what it does
 */
export function scalingHome(version: string | undefined): ScalingHome | undefined {
  const minor = VERSION.exec(version ?? '')?.[1];
  if (minor === undefined) return undefined;
  return Number(minor) >= COPIED_SINCE ? 'revision' : 'podAutoscaler';
}

/** On the CustomResourceDefinitions of a release; `devel` on those that are built from its source. */
export const VERSION_LABEL = 'app.kubernetes.io/version';
/** The definition that says which Knative Serving a cluster has. */
export const VERSION_DEFINITION = 'revisions.serving.knative.dev';
