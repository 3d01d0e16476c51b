/** `spec.keda`: how far and how fast workloads scale that KEDA or a HorizontalPodAutoscaler scales. */
import { integerBounds, type NumberBounds, section } from './bounds.ts';

export interface KedaPolicy {
  /** A HorizontalPodAutoscaler's minReplicas stays within it too, unless it is 0. */
  readonly minReplicaCount?: NumberBounds;
  /** A HorizontalPodAutoscaler's maxReplicas stays within it too. */
  readonly maxReplicaCount?: NumberBounds;
  readonly pollingInterval?: NumberBounds;
  readonly cooldownPeriod?: NumberBounds;
}

export const kedaSchema = section('How ScaledObjects, ScaledJobs and HorizontalPodAutoscalers scale', {
  minReplicaCount: integerBounds('minReplicaCount; 0 scales to zero'),
  maxReplicaCount: integerBounds("maxReplicaCount, and a HorizontalPodAutoscaler's maxReplicas", 1),
  pollingInterval: integerBounds('pollingInterval: seconds between two looks at the metric', 1),
  cooldownPeriod: integerBounds('cooldownPeriod: seconds without load until the workload goes to zero'),
});
