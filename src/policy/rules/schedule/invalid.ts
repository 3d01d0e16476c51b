import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';
import { readOnce } from './read.ts';

/** The document can be read: its crons come, its zone is there, its values are numbers (src/schedule/read.ts). */
export const scheduleInvalid = defineRule({
  id: 'schedule/invalid',
  title: 'schedules can be read',
  why: 'A schedule that cannot be read holds nothing: the Service stays at what it was, and nobody sees it before the traffic comes.',
  howToFix: 'Follow the sentence of the finding; `weir schedule preview FILE` shows what comes of it.',
  kinds: [scalingSchedule],
  action: 'deny',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisboa
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-7", minScale: 10}
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
  default: {minScale: 2}
`,
  },

  judge({ object }) {
    return readOnce(object).problems ?? [];
  },
});
