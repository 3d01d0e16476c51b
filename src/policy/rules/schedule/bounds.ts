import { autoscalerConfigOf } from '../../../knative/autoscaling/config.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Scale } from '../../../schedule/model.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { boundsOf, RULE_OF_BOUND } from '../../scaling/bounds.ts';
import { liftingAll } from './lifted.ts';
import { type PlacedScale, scalesOf, scheduleOf } from './read.ts';

/**
 * What a schedule asks for is what the environment allows. The controller cuts it otherwise, and Knative's webhook
 * refuses what is above the cluster's max-scale-limit (knative/serving pkg/apis/autoscaling/annotation_validation.go).
 * Where a PolicyException lets the Service go beyond a bound, its schedule may, too.
 */
export const scheduleBounds = defineRule({
  id: 'schedule/bounds',
  title: 'schedules stay within the bounds of the environment',
  why: 'A schedule moves a Service at night, when nobody looks: what goes beyond a bound is cut to it, and not what its author counts on.',
  howToFix:
    'Stay within `autoscaling.minScale`, `autoscaling.maxScale` and config-autoscaler’s `max-scale-limit`; or get a PolicyException from autoscaling/min-scale or autoscaling/max-scale for the Service.',
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

  judge({ object }, { policy, inventory, now }) {
    const schedule = scheduleOf(object);
    if (schedule === undefined) return [];
    const broken = scalesOf(schedule).flatMap((placed) => beyond(placed, policy, NONE));
    if (broken.length === 0) return [];
    const lifted = new Set(
      Object.values(RULE_OF_BOUND).filter((rule) => liftingAll(rule, schedule, policy, inventory, now)),
    );
    return lifted.size === 0 ? broken : scalesOf(schedule).flatMap((placed) => beyond(placed, policy, lifted));
  },
});

const BOUNDED = ['minScale', 'maxScale'] as const;

const NONE: ReadonlySet<string> = new Set();

interface Bound {
  readonly value: number;
  readonly words: string;
}

function beyond(
  { title, path, scale }: PlacedScale,
  policy: EffectivePolicy,
  lifted: ReadonlySet<string>,
): Violation[] {
  const violations: Violation[] = [];
  for (const field of BOUNDED) {
    const value = boundedValue(field, scale);
    const broken = value === undefined ? undefined : brokenBound(field, value, policy, lifted);
    if (value === undefined || broken === undefined) continue;
    const is = value === Number.POSITIVE_INFINITY ? '0, which is no bound' : value;
    const place = join(path, field);
    violations.push({
      path: place,
      message: `${title}: ${field} is ${is}, and ${broken.words} ${broken.value}`,
      fix: [{ set: place, value: broken.value }],
    });
  }
  return violations;
}

/** A max-scale of 0 is no bound. */
function boundedValue(field: (typeof BOUNDED)[number], scale: Scale): number | undefined {
  const value = scale[field];
  return field === 'maxScale' && value === 0 ? Number.POSITIVE_INFINITY : value;
}

function brokenBound(
  field: (typeof BOUNDED)[number],
  value: number,
  policy: EffectivePolicy,
  lifted: ReadonlySet<string>,
): Bound | undefined {
  const { min, max } = boundsOf(field, policy, lifted);
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
