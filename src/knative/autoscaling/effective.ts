/**
 * The autoscaling that a revision template comes to: its annotations where they can be read, config-autoscaler's values
 * for the others, as Knative's autoscaler puts them together (knative/serving pkg/apis/autoscaling/v1alpha1/
 * pa_lifecycle.go, pa_defaults.go and pkg/reconciler/autoscaling). Nothing here throws: a value that Knative's webhook
 * would refuse counts as absent, as it does for the autoscaler, and `isReadable` says so.
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import { parseDuration } from '../duration.ts';
import { parseFloat64, parseInt32 } from '../goNumbers.ts';
import {
  ACTIVATION_SCALE,
  type AnnotationKeys,
  CLASS,
  findKey,
  HPA,
  INITIAL_SCALE,
  KPA,
  MAX_SCALE,
  METRIC,
  MIN_SCALE,
  PANIC_THRESHOLD_PERCENTAGE,
  PANIC_WINDOW_PERCENTAGE,
  SCALE_DOWN_DELAY,
  SCALE_TO_ZERO_POD_RETENTION_PERIOD,
  TARGET,
  TARGET_BURST_CAPACITY,
  TARGET_UTILIZATION_PERCENTAGE,
  WINDOW,
} from './annotations.ts';
import { type AutoscalerConfig, TARGET_UTILIZATION } from './config.ts';

/** What a template's autoscaling is read from. */
export interface AutoscalingSource {
  /** The template's annotations; anything but text in them counts as absent. */
  readonly annotations: JsonObject | undefined;
  /** JSON pointer to them, such as `/spec/template/metadata/annotations`. */
  readonly path: string;
  readonly config: AutoscalerConfig;
  /** The template's `containerConcurrency`; 0 and undefined mean no limit. */
  readonly containerConcurrency?: number;
  /** The effective class and metric, where they are known: most other values hang on them. */
  readonly className?: string;
  readonly metric?: string;
}

/** One effective value and where it comes from. */
export interface Effective<T> {
  readonly value: T;
  /** The annotation's text, where there is one. */
  readonly raw: string | undefined;
  /** The annotation's key as it is spelt in the object, or Knative's own spelling where it is absent. */
  readonly key: string;
  /** The author set it, however wrong. */
  readonly isSet: boolean;
  /** What the author set can be read; true where nothing is set. */
  readonly isReadable: boolean;
}

export interface EffectiveMaxScale extends Effective<number> {
  /** No limit at all: then the value is Infinity, above every bound. */
  readonly isUnlimited: boolean;
}

export interface EffectiveTarget extends Effective<number | undefined> {
  /** What the annotation asks for, which a lower containerConcurrency cuts; undefined without a readable one. */
  readonly asked: number | undefined;
}

export function effectiveClass(source: AutoscalingSource): Effective<string> {
  return effective(source, CLASS, (text) => text, source.config.podAutoscalerClass);
}

/** Without an annotation concurrency for KPA, cpu for HPA, and nothing for somebody else's class. */
export function effectiveMetric(source: AutoscalingSource): Effective<string> {
  const autoscaler = classOf(source);
  const usual = autoscaler === KPA ? 'concurrency' : autoscaler === HPA ? 'cpu' : '';
  return effective(source, METRIC, (text) => text, usual);
}

/** Pods that are always there. Without scale-to-zero in the cluster KPA keeps one even at 0. */
export function effectiveMinScale(source: AutoscalingSource): Effective<number> {
  return effective(source, MIN_SCALE, integer, source.config.minScale);
}

/** Pods at most. "0" means no limit, as does the absence of both the annotation and the cluster's max-scale. */
export function effectiveMaxScale(source: AutoscalingSource): EffectiveMaxScale {
  const scale = effective(source, MAX_SCALE, integer, source.config.maxScale);
  const isUnlimited = scale.value <= 0;
  return { ...scale, isUnlimited, value: isUnlimited ? Number.POSITIVE_INFINITY : scale.value };
}

/** Pods of a new Revision, before max(min-scale, …). A 0 that the cluster does not allow counts as absent. */
export function effectiveInitialScale(source: AutoscalingSource): Effective<number> {
  const { initialScale, allowZeroInitialScale } = source.config;
  const scale = effective(source, INITIAL_SCALE, integer, initialScale);
  return scale.value === 0 && !allowZeroInitialScale ? { ...scale, value: initialScale } : scale;
}

/** Pods on the way up from zero; 1 unless set. */
export function effectiveActivationScale(source: AutoscalingSource): Effective<number> {
  return effective(source, ACTIVATION_SCALE, integer, 1);
}

/**
 * What each pod should carry, in the metric's own unit: requests at once, requests a second, percent of the CPU request,
 * MiB of memory. For concurrency a containerConcurrency stands in for the cluster's default and is the most that counts;
 * HPA has no default of Knative's, which is undefined here (Kubernetes takes 80 % CPU).
 */
export function effectiveTarget(source: AutoscalingSource): EffectiveTarget {
  const hardLimit = source.containerConcurrency ?? 0;
  const target = effective<number | undefined>(source, TARGET, float, usualTarget(source, hardLimit));
  if (!target.isSet || !target.isReadable || target.value === undefined) return { ...target, asked: undefined };

  const isCut = hardLimit > 0 && metricOf(source) === 'concurrency';
  return { ...target, asked: target.value, value: isCut ? Math.min(target.value, hardLimit) : target.value };
}

function usualTarget(source: AutoscalingSource, hardLimit: number): number | undefined {
  if (classOf(source) === HPA) return undefined;
  if (metricOf(source) === 'rps') return source.config.rpsTargetDefault;
  return hardLimit > 0 ? hardLimit : source.config.containerConcurrencyTargetDefault;
}

/** The share of the target at which KPA scales, in percent. */
export function effectiveTargetUtilization(source: AutoscalingSource): Effective<number> {
  const isRps = metricOf(source) === 'rps';
  const share = isRps ? TARGET_UTILIZATION : source.config.containerConcurrencyTargetFraction;
  // 0.57 × 100 is 56.99999999999999 to a float.
  return effective(source, TARGET_UTILIZATION_PERCENTAGE, float, Math.round(share * 1e8) / 1e6);
}

/** -1 means unlimited: the activator is always in the way. */
export function effectiveTargetBurstCapacity(source: AutoscalingSource): Effective<number> {
  return effective(source, TARGET_BURST_CAPACITY, float, source.config.targetBurstCapacity);
}

export function effectiveWindow(source: AutoscalingSource): Effective<bigint> {
  return effective(source, WINDOW, duration, source.config.stableWindow);
}

export function effectiveScaleDownDelay(source: AutoscalingSource): Effective<bigint> {
  return effective(source, SCALE_DOWN_DELAY, duration, source.config.scaleDownDelay);
}

/** How long the last pod stays once it could go. */
export function effectivePodRetention(source: AutoscalingSource): Effective<bigint> {
  return effective(source, SCALE_TO_ZERO_POD_RETENTION_PERIOD, duration, source.config.scaleToZeroPodRetentionPeriod);
}

export function effectivePanicWindowPercentage(source: AutoscalingSource): Effective<number> {
  return effective(source, PANIC_WINDOW_PERCENTAGE, float, source.config.panicWindowPercentage);
}

export function effectivePanicThresholdPercentage(source: AutoscalingSource): Effective<number> {
  return effective(source, PANIC_THRESHOLD_PERCENTAGE, float, source.config.panicThresholdPercentage);
}

function classOf(source: AutoscalingSource): string {
  return source.className ?? effectiveClass(source).value;
}

function metricOf(source: AutoscalingSource): string {
  return source.metric ?? effectiveMetric(source).value;
}

/** The annotation's value where it can be read, the cluster's where not. */
function effective<T>(
  { annotations }: AutoscalingSource,
  annotation: AnnotationKeys,
  read: (text: string) => T | undefined,
  fallback: T,
): Effective<T> {
  const key = findKey(annotations, annotation);
  const raw = key === undefined ? undefined : annotations?.[key];
  if (key === undefined || typeof raw !== 'string') {
    return { value: fallback, raw: undefined, key: annotation[0], isSet: false, isReadable: true };
  }
  const value = read(raw);
  return { value: value ?? fallback, raw, key, isSet: true, isReadable: value !== undefined };
}

function integer(text: string): number | undefined {
  const parsed = parseInt32(text);
  return parsed.ok ? parsed.value : undefined;
}

function float(text: string): number | undefined {
  const parsed = parseFloat64(text);
  return parsed.ok ? parsed.value : undefined;
}

function duration(text: string): bigint | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.value : undefined;
}
