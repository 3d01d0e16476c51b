import { ACTIVATION_SCALE, findKey } from '../../../knative/autoscaling/annotations.ts';
import { effectiveActivationScale, effectiveMaxScale } from '../../../knative/autoscaling/effective.ts';
import type { JsonObject } from '../../../kubernetes/json.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { referenceTo, titleOf } from '../../../kubernetes/object.ts';
import { join } from '../../../kubernetes/pointer.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { Subject } from '../../engine/subject.ts';
import { scalingOf } from '../autoscaling/scaling.ts';
import { type PlacedScale, scalesOf, scheduleOf, targetsOf } from './read.ts';

/**
 * A min-scale above the Service's own max-scale, or its activation-scale, is refused by Knative's webhook (knative/serving
 * pkg/apis/autoscaling/annotation_validation.go): the controller cuts it.
 */
export const scheduleAboveTarget = defineRule({
  id: 'schedule/above-target',
  title: 'schedules ask for no more than their Service may have',
  why: 'Knative refuses a min-scale above the max-scale: the Service runs with fewer pods than the schedule says.',
  howToFix:
    'Raise the Service’s `autoscaling.knative.dev/max-scale`, or set `maxScale` beside `minScale` in the window.',
  kinds: [scalingSchedule],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/max-scale: "8"}}
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
---
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10}
`,
    good: `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api-service}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/max-scale: "8"}}
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
---
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10, maxScale: 20}
`,
  },

  judge({ object }, { policy, inventory }) {
    const schedule = scheduleOf(object);
    if (schedule === undefined) return [];
    const scales = scalesOf(schedule);
    return targetsOf(schedule, inventory).flatMap((target) => above(scales, target, policy));
  },
});

function above(scales: readonly PlacedScale[], target: JsonObject, policy: EffectivePolicy): Violation[] {
  const source = scalingOf(new Subject(target), policy);
  if (source === undefined) return [];
  const written = effectiveMaxScale(source);
  // what the author leaves out the policy fills in
  const own = written.isSet ? written.value : (policy.autoscaling?.maxScale?.default ?? written.value);
  const activation = effectiveActivationScale(source);
  const title = titleOf(referenceTo(target));

  const violations: Violation[] = [];
  for (const { title: whose, path, scale } of scales) {
    const { minScale, maxScale } = scale;
    if (minScale === undefined) continue;
    const place = join(path, 'minScale');
    if (maxScale === undefined && minScale > own) {
      const message = `${whose}: minScale is ${minScale}, above the max-scale ${own} of ${title}; set maxScale beside it, or raise that one`;
      violations.push({ path: place, message });
    } else if (findKey(source.annotations, ACTIVATION_SCALE) !== undefined && minScale > activation.value) {
      const message = `${whose}: minScale is ${minScale}, above the activation-scale ${activation.value} of ${title}, which Knative refuses; raise that one`;
      violations.push({ path: place, message });
    }
  }
  return violations;
}
