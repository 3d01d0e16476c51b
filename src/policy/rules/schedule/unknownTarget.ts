import { configuration, knativeService, scalingSchedule } from '../../../kubernetes/kinds.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { defineRule } from '../../engine/rule.ts';
import { scheduleOf, targetsOf, titleOfTarget } from './read.ts';

/** The Service that a schedule names is there. A Revision is Knative's own to make, and in no input. */
export const scheduleUnknownTarget = defineRule({
  id: 'schedule/unknown-target',
  title: 'schedules scale something that is there',
  why: 'A schedule for a Service that is called otherwise holds nothing, and nobody misses it before the morning.',
  howToFix: 'Name the Service as it is called in the schedule’s own namespace, or delete the schedule.',
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
    spec:
      containers: [{image: registry.example.com/shop/api:1.4.2}]
---
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-servce}
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
  },

  judge({ object }, { inventory }) {
    const schedule = scheduleOf(object);
    if (schedule === undefined || !inventory.knows(knativeService) || !inventory.knows(configuration)) return [];
    const { target, namespace } = schedule;
    if (!('selector' in target) && target.kind === 'Revision') return [];
    if (targetsOf(schedule, inventory).length > 0) return [];

    if ('selector' in target) {
      const message = 'the selector selects no Service in sight; compare it with the labels of the Services themselves';
      return [{ path: '/spec/selector', message }];
    }
    const names = inventory.inNamespace(knativeService, namespace).map(nameOf);
    const message = `${titleOfTarget(target)} is not in sight${didYouMean(target.name, names)}`;
    return [{ path: '/spec/scaleTargetRef/name', message }];
  },
});
