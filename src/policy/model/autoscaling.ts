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
  readonly target?: NumberBounds;
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
  activationScale: integerBounds('autoscaling.knative.dev/activation-scale: pods on the way up from zero', 1),
  target: numberBounds('autoscaling.knative.dev/target: requests (or requests a second) for one pod', 0.01),
  targetUtilization: numberBounds('autoscaling.knative.dev/target-utilization-percentage', 1),
  targetBurstCapacity: numberBounds(
    'autoscaling.knative.dev/target-burst-capacity; -1 keeps the activator in the way',
    -1,
  ),
  window: durationBounds('autoscaling.knative.dev/window: the stable window'),
  scaleDownDelay: durationBounds('autoscaling.knative.dev/scale-down-delay'),
  podRetention: durationBounds('autoscaling.knative.dev/scale-to-zero-pod-retention-period'),
  panicWindowPercentage: numberBounds('autoscaling.knative.dev/panic-window-percentage', 1),
  panicThresholdPercentage: numberBounds('autoscaling.knative.dev/panic-threshold-percentage', 110),
  containerConcurrency: integerBounds('containerConcurrency: requests in one pod at once; 0 would mean no limit'),
  classes: textList('autoscaler classes that may be used, such as kpa.autoscaling.knative.dev'),
  metrics: textList('metrics that may be used: concurrency, rps, cpu, memory or a custom one'),
});
