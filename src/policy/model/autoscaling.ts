/** `spec.autoscaling`: how far services scale, and how fast. */
import {
  type DurationBounds,
  durationBounds,
  integerBounds,
  type NumberBounds,
  numberBounds,
  section,
  textList,
} from './bounds.ts';

export interface AutoscalingPolicy {
  readonly minScale?: NumberBounds;
  readonly maxScale?: NumberBounds;
  readonly initialScale?: NumberBounds;
  readonly activationScale?: NumberBounds;
  /** Where the metric is concurrency. */
  readonly target?: NumberBounds;
  /** Where the metric is rps: another measure, so that bounds of its own are needed. */
  readonly rpsTarget?: NumberBounds;
  readonly targetUtilization?: NumberBounds;
  readonly targetBurstCapacity?: NumberBounds;
  readonly window?: DurationBounds;
  readonly scaleDownDelay?: DurationBounds;
  readonly podRetention?: DurationBounds;
  readonly panicWindowPercentage?: NumberBounds;
  readonly panicThresholdPercentage?: NumberBounds;
  readonly containerConcurrency?: NumberBounds;
  readonly classes?: readonly string[];
  readonly metrics?: readonly string[];
}

export const autoscalingSchema = section('How far services scale, and how fast', {
  minScale: integerBounds('autoscaling.knative.dev/min-scale: pods that are always there'),
  maxScale: integerBounds('autoscaling.knative.dev/max-scale: pods at most; 0 would mean no limit', 1),
  initialScale: integerBounds('autoscaling.knative.dev/initial-scale: pods of a new Revision'),
  activationScale: integerBounds('autoscaling.knative.dev/activation-scale: pods on the way up from zero', 2),
  target: numberBounds('autoscaling.knative.dev/target of the metric concurrency: requests in one pod at once', 0.01),
  rpsTarget: numberBounds('autoscaling.knative.dev/target of the metric rps: requests a second to one pod', 0.01),
  targetUtilization: numberBounds('autoscaling.knative.dev/target-utilization-percentage, up to 100', 1),
  targetBurstCapacity: numberBounds(
    'autoscaling.knative.dev/target-burst-capacity; -1, the largest of all, keeps the activator in the way',
    -1,
  ),
  window: durationBounds('autoscaling.knative.dev/window: the stable window, from 6s to 1h'),
  scaleDownDelay: durationBounds('autoscaling.knative.dev/scale-down-delay, up to 1h'),
  podRetention: durationBounds('autoscaling.knative.dev/scale-to-zero-pod-retention-period, up to 1h'),
  panicWindowPercentage: numberBounds('autoscaling.knative.dev/panic-window-percentage, up to 100', 1),
  panicThresholdPercentage: numberBounds('autoscaling.knative.dev/panic-threshold-percentage, up to 1000', 110),
  containerConcurrency: integerBounds('containerConcurrency: requests in one pod at once; 0 would mean no limit'),
  classes: textList('autoscaler classes that may be used, such as kpa.autoscaling.knative.dev'),
  metrics: textList('metrics that may be used: concurrency, rps, cpu, memory or a custom one'),
});
