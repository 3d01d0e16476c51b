/** `spec.keda`: how far and how fast workloads scale that KEDA or a HorizontalPodAutoscaler scales. */
import { integerBounds, type NumberBounds, section } from './bounds.ts';

export interface KedaPolicy {
  readonly minReplicaCount?: NumberBounds;
  readonly maxReplicaCount?: NumberBounds;
  readonly pollingInterval?: NumberBounds;
  readonly cooldownPeriod?: NumberBounds;
}

export const kedaSchema = section('How ScaledObjects and ScaledJobs scale', {
  minReplicaCount: integerBounds('minReplicaCount'),
  maxReplicaCount: integerBounds('maxReplicaCount', 1),
  pollingInterval: integerBounds('pollingInterval, in seconds', 1),
  cooldownPeriod: integerBounds('cooldownPeriod, in seconds'),
});
