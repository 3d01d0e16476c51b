/**
 * What the autoscaler goes by for one Revision: its PodAutoscaler's annotations, config-autoscaler for the others
 * (knative/serving pkg/reconciler/autoscaling/kpa/resources/decider.go, pkg/reconciler/autoscaling/resources).
 */
import type { JsonObject } from '../../kubernetes/json.ts';
import { findKey, METRIC_AGGREGATION_ALGORITHM } from '../autoscaling/annotations.ts';
import { TARGET_MIN } from '../autoscaling/bounds.ts';
import { type AutoscalerConfig, TARGET_UTILIZATION } from '../autoscaling/config.ts';
import {
  type AutoscalingSource,
  effectiveActivationScale,
  effectiveInitialScale,
  effectiveMaxScale,
  effectiveMetric,
  effectiveMinScale,
  effectivePanicThresholdPercentage,
  effectivePanicWindowPercentage,
  effectivePodRetention,
  effectiveScaleDownDelay,
  effectiveTarget,
  effectiveTargetBurstCapacity,
  effectiveTargetUtilization,
  effectiveWindow,
} from '../autoscaling/effective.ts';
import { MILLISECOND, SECOND } from '../duration.ts';
import { type Averaging, BUCKET_MS } from './loadWindow.ts';

/** Durations in milliseconds; targets in the metric's unit (requests at once, or requests a second). */
export interface AutoscalerSettings {
  readonly metric: 'concurrency' | 'rps';
  readonly averaging: Averaging;
  /** What a pod should carry: the total times the utilization. */
  readonly target: number;
  /** What a pod can carry. */
  readonly total: number;
  /** -1: the activator stays in the way; 0: only at zero pods. */
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  /** Panic begins where the panic window wants so many times the pods that are ready. */
  readonly panicThreshold: number;
  readonly stableWindow: number;
  readonly panicWindow: number;
  readonly scaleDownDelay: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly minScale: number;
  /** Infinity where there is no limit. */
  readonly maxScale: number;
  readonly initialScale: number;
  /** Pods on the way up from zero; 1 unless set. */
  readonly activationScale: number;
  /** A Revision that no Route names goes down at once and ignores min-scale. */
  readonly isReachable: boolean;
  readonly enableScaleToZero: boolean;
  readonly scaleToZeroGracePeriod: number;
  /** How long the last pod stays once it could go. */
  readonly podRetention: number;
}

export interface SettingsSource {
  /** The PodAutoscaler's annotations. */
  readonly annotations: JsonObject | undefined;
  readonly config: AutoscalerConfig;
  /** The Revision's `containerConcurrency`; 0 means no limit. */
  readonly containerConcurrency: number;
  readonly isReachable: boolean;
}

/** Puts the settings together. A value that cannot be read counts as absent. */
export function autoscalerSettings({ isReachable, ...given }: SettingsSource): AutoscalerSettings {
  const { config, annotations } = given;
  const read: AutoscalingSource = { ...given, path: '/metadata/annotations' };
  const metric = effectiveMetric(read).value === 'rps' ? 'rps' : 'concurrency';
  const source: AutoscalingSource = { ...read, metric };
  const total = effectiveTarget(source).value ?? config.containerConcurrencyTargetDefault;
  const stableWindow = effectiveWindow(source).value;
  return {
    metric,
    averaging: averagingOf(annotations),
    target: Math.max(TARGET_MIN, total * utilization(source, metric)),
    total,
    targetBurstCapacity: effectiveTargetBurstCapacity(source).value,
    activatorCapacity: config.activatorCapacity,
    panicThreshold: effectivePanicThresholdPercentage(source).value / 100,
    stableWindow: milliseconds(stableWindow),
    panicWindow: panicWindow(stableWindow, effectivePanicWindowPercentage(source).value),
    scaleDownDelay: milliseconds(effectiveScaleDownDelay(source).value),
    maxScaleUpRate: config.maxScaleUpRate,
    maxScaleDownRate: config.maxScaleDownRate,
    minScale: isReachable ? effectiveMinScale(source).value : 0,
    maxScale: effectiveMaxScale(source).value,
    initialScale: effectiveInitialScale(source).value,
    activationScale: effectiveActivationScale(source).value,
    isReachable,
    enableScaleToZero: config.enableScaleToZero,
    scaleToZeroGracePeriod: milliseconds(config.scaleToZeroGracePeriod),
    podRetention: isReachable ? milliseconds(effectivePodRetention(source).value) : 0,
  };
}

/** The share of the total that is aimed at; 0.7 unless somebody says otherwise. */
function utilization(source: AutoscalingSource, metric: AutoscalerSettings['metric']): number {
  const percentage = effectiveTargetUtilization(source);
  if (percentage.isSet && percentage.isReadable) return percentage.value / 100;
  return metric === 'rps' ? TARGET_UTILIZATION : source.config.containerConcurrencyTargetFraction;
}

/** In whole seconds, and at least one. */
function panicWindow(stableWindow: bigint, percentage: number): number {
  const nanoseconds = Math.trunc((Number(stableWindow) * percentage) / 100);
  return Math.max(BUCKET_MS, Math.round(nanoseconds / Number(SECOND)) * 1000);
}

function averagingOf(annotations: JsonObject | undefined): Averaging {
  const key = findKey(annotations, METRIC_AGGREGATION_ALGORITHM);
  return key !== undefined && annotations?.[key] === 'weighted-exponential' ? 'weighted-exponential' : 'linear';
}

function milliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / Number(MILLISECOND);
}
