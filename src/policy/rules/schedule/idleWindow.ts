import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { idleWindows } from '../../../schedule/faults.ts';
import { defineRule } from '../../engine/rule.ts';
import { scheduleOf } from './read.ts';

/** A window that never begins, or never ends, is not what its author meant. */
export const scheduleIdleWindow = defineRule({
  id: 'schedule/idle-window',
  title: 'windows begin and end',
  why: 'A window that never holds promises pods that do not come; one that always holds is a default that nobody recognises as one.',
  howToFix: 'Give the window an end that is not its start, or take it out; values for all times belong into `default`.',
  kinds: [scalingSchedule],
  action: 'deny',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: daily, start: "0 8 * * *", duration: 24h, minScale: 10}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: daily, start: "0 8 * * *", duration: 10h, minScale: 10}
`,
  },

  judge({ object }, { now }) {
    const schedule = scheduleOf(object);
    return schedule === undefined ? [] : idleWindows(schedule, now);
  },
});
