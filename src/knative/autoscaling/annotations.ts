/**
 * Knative Serving's autoscaling annotations: their keys, all spellings of each in the order in which Knative looks
 * (knative/serving pkg/apis/autoscaling/register.go; the same from 1.15 to 1.23), and how to look one up.
 * What a key that is none of them was probably meant to be is in misspellings.ts.
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import { join, placeIn } from '../../kubernetes/pointer.ts';

export const AUTOSCALING_GROUP = 'autoscaling.knative.dev';

/** The Knative Pod Autoscaler's class, which is the default. */
export const KPA = 'kpa.autoscaling.knative.dev';
/** The class of Kubernetes' HorizontalPodAutoscaler. */
export const HPA = 'hpa.autoscaling.knative.dev';

/** One annotation: its keys, Knative's own spelling first. The first key that is present counts, whatever its value. */
export type AnnotationKeys = readonly [string, ...string[]];

export const CLASS = keys('class');
export const MIN_SCALE = keys('min-scale', 'minScale');
export const MAX_SCALE = keys('max-scale', 'maxScale');
export const INITIAL_SCALE = keys('initial-scale', 'initialScale');
export const ACTIVATION_SCALE = keys('activation-scale');
export const METRIC = keys('metric');
export const METRIC_AGGREGATION_ALGORITHM = keys('metric-aggregation-algorithm', 'metricAggregationAlgorithm');
export const TARGET = keys('target');
export const TARGET_UTILIZATION_PERCENTAGE = keys('target-utilization-percentage', 'targetUtilizationPercentage');
export const TARGET_BURST_CAPACITY = keys('target-burst-capacity', 'targetBurstCapacity');
export const WINDOW = keys('window');
export const SCALE_DOWN_DELAY = keys('scale-down-delay', 'scaleDownDelay');
export const SCALE_TO_ZERO_POD_RETENTION_PERIOD = keys(
  'scale-to-zero-pod-retention-period',
  'scaleToZeroPodRetentionPeriod',
);
export const PANIC_WINDOW_PERCENTAGE = keys('panic-window-percentage', 'panicWindowPercentage');
export const PANIC_THRESHOLD_PERCENTAGE = keys('panic-threshold-percentage', 'panicThresholdPercentage');

/** Every annotation that Knative's autoscaler reads. */
export const AUTOSCALING_ANNOTATIONS: readonly AnnotationKeys[] = [
  CLASS,
  MIN_SCALE,
  MAX_SCALE,
  INITIAL_SCALE,
  ACTIVATION_SCALE,
  METRIC,
  METRIC_AGGREGATION_ALGORITHM,
  TARGET,
  TARGET_UTILIZATION_PERCENTAGE,
  TARGET_BURST_CAPACITY,
  WINDOW,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  PANIC_WINDOW_PERCENTAGE,
  PANIC_THRESHOLD_PERCENTAGE,
];

/** The annotations that only the Knative Pod Autoscaler reads, and that mean nothing on an HPA-class service. */
export const KPA_ONLY_ANNOTATIONS: readonly AnnotationKeys[] = [
  METRIC_AGGREGATION_ALGORITHM,
  TARGET_UTILIZATION_PERCENTAGE,
  TARGET_BURST_CAPACITY,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  PANIC_WINDOW_PERCENTAGE,
  PANIC_THRESHOLD_PERCENTAGE,
  ACTIVATION_SCALE,
];

const KNOWN: ReadonlyMap<string, AnnotationKeys> = new Map(
  AUTOSCALING_ANNOTATIONS.flatMap((annotation) => annotation.map((key) => [key, annotation] as const)),
);

/** An annotation as it stands in an object. */
export interface FoundAnnotation {
  /** The spelling that stands there. */
  readonly key: string;
  readonly value: string;
  /** JSON pointer to it. */
  readonly path: string;
}

/**
 * The first of the annotation's spellings that is present, as Knative looks it up, or undefined.
 * A value that is not text counts as absent: the API server refuses the whole object for it.
 */
export function findKey(annotations: JsonObject | undefined, annotation: AnnotationKeys): string | undefined {
  if (annotations === undefined) return undefined;
  for (const key of annotation) {
    if (typeof annotations[key] === 'string' && Object.hasOwn(annotations, key)) return key;
  }
  return undefined;
}

/**
 * The annotation as it stands there (findKey), with its value and place, or undefined.
 *
 * @param path JSON pointer to the annotations themselves
 */
export function findAnnotation(
  annotations: JsonObject | undefined,
  annotation: AnnotationKeys,
  path: string,
): FoundAnnotation | undefined {
  const key = findKey(annotations, annotation);
  const value = key === undefined ? undefined : annotations?.[key];
  if (key === undefined || typeof value !== 'string') return undefined;
  return { key, value, path: annotationPath(path, key) };
}

/** JSON pointer to an annotation; those to the keys of this file are made once and not for each object. */
export function annotationPath(path: string, key: string): string {
  return KNOWN.has(key) ? placeIn(path, key) : join(path, key);
}

/** Which annotation a key is a spelling of, or undefined where Knative does not know it. */
export function annotationOfKey(key: string): AnnotationKeys | undefined {
  return KNOWN.get(key);
}

/** Whether the key belongs to Knative's autoscaling group by the group's own measure, a plain prefix. */
export function isAutoscalingKey(key: string): boolean {
  return key.startsWith(AUTOSCALING_GROUP);
}

/** Whether any annotation of the group is there: most objects without one need no further look. */
export function hasAutoscalingKeys(annotations: JsonObject | undefined): boolean {
  for (const key in annotations) {
    if (key.startsWith(AUTOSCALING_GROUP)) return true;
  }
  return false;
}

function keys(name: string, ...others: readonly string[]): AnnotationKeys {
  return [`${AUTOSCALING_GROUP}/${name}`, ...others.map((other) => `${AUTOSCALING_GROUP}/${other}`)];
}
