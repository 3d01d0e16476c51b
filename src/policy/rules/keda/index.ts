/** Autoscalers other than Knative's own: KEDA's ScaledObject and ScaledJob, and the HorizontalPodAutoscaler. */
import type { Rule } from '../../engine/rule.ts';
import { cooldownPeriod } from './cooldownPeriod.ts';
import { maxReplicas } from './maxReplicas.ts';
import { minReplicas } from './minReplicas.ts';
import { pollingInterval } from './pollingInterval.ts';
import { kedaRemovedApi } from './removedApi.ts';
import { replicaOrder } from './replicaOrder.ts';
import { twoAutoscalers } from './twoAutoscalers.ts';

export const kedaRules: readonly Rule[] = [
  kedaRemovedApi,
  minReplicas,
  maxReplicas,
  replicaOrder,
  pollingInterval,
  cooldownPeriod,
  twoAutoscalers,
];
