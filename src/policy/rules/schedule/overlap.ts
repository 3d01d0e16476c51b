import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { overlaps } from '../../../schedule/faults.ts';
import { defineRule } from '../../engine/rule.ts';
import { scheduleOf } from './read.ts';

/**
 * Windows of one schedule do not hold at once. What comes of it is defined, the larger min-scale counts, so that it only
 * warns: a peak within the day may be meant.
 */
export const scheduleOverlap = defineRule({
  id: 'schedule/overlap',
  title: 'windows of a schedule do not overlap',
  why: 'Where two windows hold at once, only one of them counts, and a reader has to work out which.',
  howToFix: 'End the one window where the other begins, or keep it off those dates by `except`.',
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
  - {name: day, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 6}
  - {name: evening, start: "30 17 * * 1-5", end: "0 22 * * 1-5", minScale: 10}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: day, start: "0 8 * * 1-5", end: "30 17 * * 1-5", minScale: 6}
  - {name: evening, start: "30 17 * * 1-5", end: "0 22 * * 1-5", minScale: 10, warmUp: 10m}
`,
  },

  judge({ object }, { now }) {
    const schedule = scheduleOf(object);
    return schedule === undefined ? [] : overlaps(schedule, now);
  },
});
