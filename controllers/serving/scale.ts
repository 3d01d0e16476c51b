/** Scales that a PodAutoscaler's annotations ask for (knative/serving pkg/apis/autoscaling/v1alpha1/pa_lifecycle.go). */
import {
  type AnnotationKeys,
  findAnnotation,
  INITIAL_SCALE,
  MAX_SCALE,
  MIN_SCALE,
} from '../../src/knative/autoscaling/annotations.ts';
import type { AutoscalerConfig } from '../../src/knative/autoscaling/config.ts';
import { parseInt32 } from '../../src/knative/goNumbers.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { annotationsOf } from '../../src/kubernetes/object.ts';

/** The number of an annotation; undefined where there is none or it is no number. */
export function scaleOf(podAutoscaler: JsonObject, annotation: AnnotationKeys): number | undefined {
  const found = findAnnotation(annotationsOf(podAutoscaler), annotation, '');
  if (found === undefined) return undefined;
  const parsed = parseInt32(found.value);
  return parsed.ok ? parsed.value : undefined;
}

/** No Route leads to the Revision. */
export function isUnreachable(podAutoscaler: JsonObject): boolean {
  return stringAt(podAutoscaler, 'spec', 'reachability') === 'Unreachable';
}

/** The fewest and the most instances; a most of 0 is no limit. What no Route leads to has no fewest. */
export function scaleBounds(
  podAutoscaler: JsonObject,
  config: AutoscalerConfig,
): { readonly min: number; readonly max: number } {
  const min = isUnreachable(podAutoscaler) ? 0 : (scaleOf(podAutoscaler, MIN_SCALE) ?? config.minScale);
  return { min, max: scaleOf(podAutoscaler, MAX_SCALE) ?? config.maxScale };
}

/** How many instances a new Revision starts with (pkg/reconciler/autoscaling/kpa/resources/decider.go). */
export function initialScaleOf(podAutoscaler: JsonObject, config: AutoscalerConfig): number {
  const asked = scaleOf(podAutoscaler, INITIAL_SCALE);
  const isAllowed = asked !== undefined && (asked !== 0 || config.allowZeroInitialScale);
  return isAllowed ? asked : config.initialScale;
}
