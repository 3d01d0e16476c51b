import { autoscalerConfigOf } from '../../../knative/autoscaling/config.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { Scale, ScalingSchedule } from '../../../schedule/model.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { Subject } from '../../engine/subject.ts';
import { boundsOf, RULE_OF_BOUND, TARGET_BOUNDS } from '../../scaling/bounds.ts';
import { scalingOf } from '../autoscaling/scaling.ts';
import { liftingAll } from './lifted.ts';
import { type PlacedScale, scalesOf, scheduleOf, targetsOf } from './read.ts';

/**
 * What a schedule asks for is what the environment allows. The controller cuts it otherwise, and Knative's webhook
 * refuses what is above the cluster's max-scale-limit (knative/serving pkg/apis/autoscaling/annotation_validation.go).
 * Where a PolicyException lets the Service go beyond a bound, its schedule may, too. A target is measured by the metric of
 * the Service.
 */
export const scheduleBounds = defineRule({
  id: 'schedule/bounds',
  title: 'schedules stay within the bounds of the environment',
  why: 'A schedule moves a Service at night, when nobody looks: what goes beyond a bound is cut to it, and not what its author counts on.',
  howToFix:
    'Stay within `minScale`, `maxScale` and `target` (`rpsTarget` for the metric rps) of the policy’s section `autoscaling`, and config-autoscaler’s `max-scale-limit`; or get a PolicyException from autoscaling/min-scale, autoscaling/max-scale, autoscaling/target or autoscaling/rps-target for the Service.',
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
    const metrics = metricsOf(schedule, inventory, policy);
    const beyondAll = (lifted: ReadonlySet<string>): Violation[] =>
      scalesOf(schedule).flatMap((placed) => [
        ...beyond(placed, policy, lifted),
        ...targetBeyond(placed, metrics, policy, lifted),
      ]);

    const broken = beyondAll(NONE);
    if (broken.length === 0) return [];
    const rules = Object.values(RULE_OF_BOUND);
    const lifted = new Set(rules.filter((rule) => liftingAll(rule, schedule, policy, inventory, now)));
    return lifted.size === 0 ? broken : beyondAll(lifted);
  },
});

const BOUNDED = ['minScale', 'maxScale'] as const;
type Bounded = (typeof BOUNDED)[number];

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
function boundedValue(field: Bounded, scale: Scale): number | undefined {
  const value = scale[field];
  return field === 'maxScale' && value === 0 ? Number.POSITIVE_INFINITY : value;
}

function brokenBound(
  field: Bounded,
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

/** Undefined where nothing that the schedule scales is in sight. */
function metricsOf(
  schedule: ScalingSchedule,
  inventory: Inventory,
  policy: EffectivePolicy,
): ReadonlySet<string> | undefined {
  const metrics = targetsOf(schedule, inventory).map((target) => scalingOf(new Subject(target), policy)?.metric);
  const known = new Set(metrics.filter((metric) => metric !== undefined));
  return known.size === 0 ? undefined : known;
}

/** Where nobody knows the metric, only what every metric's bounds forbid is told. */
function targetBeyond(
  { title, path, scale: { target } }: PlacedScale,
  metrics: ReadonlySet<string> | undefined,
  policy: EffectivePolicy,
  lifted: ReadonlySet<string>,
): Violation[] {
  if (target === undefined) return [];
  const broken: (Bound & { readonly metric: string })[] = [];
  for (const { name, metric } of TARGET_BOUNDS) {
    const { min, max } = boundsOf(name, policy, lifted);
    if (max !== undefined && target > max) broken.push({ value: max, words: 'allows at most', metric });
    else if (min !== undefined && target < min) broken.push({ value: min, words: 'requires at least', metric });
  }
  if (metrics === undefined && broken.length < TARGET_BOUNDS.length) return [];

  const told = broken.filter(({ metric }) => metrics?.has(metric) ?? true);
  const [first] = told;
  if (first === undefined) return [];
  const place = join(path, 'target');
  const words = told.map(({ words, value, metric }) => `${words} ${value} for the metric ${metric}`).join(', and ');
  const message = `${title}: target is ${target}, and ${policy.name} ${words}`;
  // another metric needs another value
  return [{ path: place, message, ...(metrics?.size === 1 ? { fix: [{ set: place, value: first.value }] } : {}) }];
}
