/** How services scale: each value within the environment's bounds, under a name that Knative reads, where Knative reads it. */
import { onSettings, type Rule } from '../../engine/rule.ts';
import { autoscalerClass, metric } from './choices.ts';
import { classKeys } from './classKeys.ts';
import { duplicateKey } from './duplicateKey.ts';
import { misplaced } from './misplaced.ts';
import { activationScale, initialScale, maxScale, minScale } from './scales.ts';
import { targetAboveConcurrency } from './targetAboveConcurrency.ts';
import { containerConcurrency, rpsTarget, target, targetBurstCapacity, targetUtilization } from './targets.ts';
import { panicThreshold, panicWindow, podRetention, scaleDownDelay, window } from './timing.ts';
import { unknownKey } from './unknownKey.ts';

export const autoscalingRules: readonly Rule[] = onSettings([
  minScale,
  maxScale,
  initialScale,
  activationScale,
  target,
  rpsTarget,
  targetUtilization,
  targetBurstCapacity,
  containerConcurrency,
  targetAboveConcurrency,
  window,
  scaleDownDelay,
  podRetention,
  panicWindow,
  panicThreshold,
  autoscalerClass,
  metric,
  classKeys,
  unknownKey,
  duplicateKey,
  misplaced,
]);
