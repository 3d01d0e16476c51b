import { autoscalerConfigOf } from '../../../knative/autoscaling/config.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import { actionFor } from '../../engine/action.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { NumberBounds } from '../../model/bounds.ts';
import { type PlacedScale, scalesOf, scheduleOf } from './read.ts';

/**
 * What a schedule asks for is what the environment allows. The controller cuts it otherwise, and Knative's webhook
 * refuses what is above the cluster's max-scale-limit (knative/serving pkg/apis/autoscaling/annotation_validation.go).
 */
export const scheduleBounds = defineRule({
  id: 'schedule/bounds',
  title: 'schedules stay within the bounds of the environment',
  why: 'A schedule moves a Service at night, when nobody looks: what goes beyond a bound is cut to it, and not what its author counts on.',
  howToFix: 'Stay within `autoscaling.minScale`, `autoscaling.maxScale` and config-autoscaler’s `max-scale-limit`.',
  kinds: [scalingSchedule],
  action: 'warn',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 500}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10}
`,
  },

  judge({ object }, { policy }) {
    const schedule = scheduleOf(object);
    return schedule === undefined ? [] : scalesOf(schedule).flatMap((placed) => beyond(placed, policy));
  },
});

interface Bound {
  readonly value: number;
  readonly words: string;
}

function beyond({ title, path, scale }: PlacedScale, policy: EffectivePolicy): Violation[] {
  const violations: Violation[] = [];
  const judge = (field: 'minScale' | 'maxScale', value: number | undefined): void => {
    if (value === undefined) return;
    const broken = brokenBound(field, value, policy);
    if (broken === undefined) return;
    const is = value === Number.POSITIVE_INFINITY ? '0, which is no bound' : value;
    const place = join(path, field);
    violations.push({
      path: place,
      message: `${title}: ${field} is ${is}, and ${broken.words} ${broken.value}`,
      fix: [{ set: place, value: broken.value }],
    });
  };
  judge('minScale', scale.minScale);
  judge('maxScale', scale.maxScale === 0 ? Number.POSITIVE_INFINITY : scale.maxScale);
  return violations;
}

function brokenBound(field: 'minScale' | 'maxScale', value: number, policy: EffectivePolicy): Bound | undefined {
  const { min, max } = boundsOf(field, policy);
  const limit = autoscalerConfigOf(policy.knative.autoscaler).maxScaleLimit;
  const most: Bound[] = [];
  if (max !== undefined) most.push({ value: max, words: `${policy.name} allows at most` });
  if (limit > 0) most.push({ value: limit, words: "the cluster's max-scale-limit is" });
  most.sort((left, right) => left.value - right.value);
  const [lowest] = most;
  if (lowest !== undefined && value > lowest.value) return lowest;
  if (min !== undefined && value < min) return { value: min, words: `${policy.name} requires at least` };
  return undefined;
}

/** None where the environment does not judge them on Services either. */
function boundsOf(field: 'minScale' | 'maxScale', policy: EffectivePolicy): NumberBounds {
  const id = field === 'minScale' ? 'autoscaling/min-scale' : 'autoscaling/max-scale';
  return actionFor({ id, action: 'deny' }, policy) === 'off' ? {} : (policy.autoscaling?.[field] ?? {});
}
