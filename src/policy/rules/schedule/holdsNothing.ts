import type { JsonObject } from '../../../kubernetes/json.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import type { ScalingSchedule, Window } from '../../../schedule/model.ts';
import { stateAt } from '../../../schedule/state.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { scheduleOf } from './read.ts';

/** A schedule whose time is over: it stays there, and people read it as if it counted. */
export const scheduleHoldsNothing = defineRule({
  id: 'schedule/holds-nothing',
  title: 'schedules hold something, now or later',
  why: 'A schedule whose time is over looks like any other: whoever plans the next sale takes it for the one that keeps the pods.',
  howToFix: 'Delete the schedule, move its `until`, or name dates that are still to come.',
  kinds: [scalingSchedule],
  action: 'warn',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: sale}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  until: "2020-12-01T00:00:00Z"
  windows:
  - {name: friday, start: "0 8 * * 5", end: "0 23 * * 5", minScale: 10}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: sale}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: friday, start: "0 8 * * 5", end: "0 23 * * 5", minScale: 10}
`,
  },

  judge({ object }, { now }) {
    const schedule = scheduleOf(object);
    return schedule === undefined || schedule.isSuspended ? [] : over(schedule, now);
  },
});

function over(schedule: ScalingSchedule, now: Date): Violation[] {
  const { until, fallback, windows } = schedule;
  if (until !== undefined && until <= now) {
    const message = `its time was over at ${until.toISOString()}, and it holds nothing any more; delete it, or move until`;
    return [{ path: '/spec/until', message }];
  }
  if (fallback !== undefined || !isDated(windows)) return [];
  const state = stateAt(schedule, now);
  // what never held is idle-window's to tell
  if (state.cause !== 'author' || state.until !== undefined || state.since === undefined) return [];
  const message = `the last of its dates was over at ${state.since.toISOString()}, and it holds nothing any more; delete it, or name dates that are still to come`;
  return [{ path: '/spec/windows', message }];
}

/** The next moment at which the clock alone may end what a schedule holds; undefined where it never does. */
export function endToLookAt(object: JsonObject, now: Date): Date | undefined {
  const schedule = scheduleOf(object);
  if (schedule === undefined || schedule.isSuspended) return undefined;
  return isDated(schedule.windows) ? stateAt(schedule, now).until : schedule.until;
}

/** A window without dates comes again. */
function isDated(windows: readonly Window[]): boolean {
  return windows.every(({ only }) => only.length > 0);
}
