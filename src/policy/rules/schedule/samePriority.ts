import type { JsonObject } from '../../../kubernetes/json.ts';
import { scalingSchedule } from '../../../kubernetes/kinds.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import type { ScalingSchedule } from '../../../schedule/model.ts';
import { type Inventory, sameNamespace } from '../../engine/inventory.ts';
import { defineRule } from '../../engine/rule.ts';
import { scheduleOf, targetsOf, titleOfTarget } from './read.ts';

/** Of several schedules for one Service, the priorities say which counts. With the same one, the larger min-scale does. */
export const scheduleSamePriority = defineRule({
  id: 'schedule/same-priority',
  title: 'schedules of one Service differ in their priority',
  why: 'Where two schedules with the same priority speak of one Service, the larger min-scale counts: the night of the one never comes while the other has its day.',
  howToFix: 'Put their windows into one schedule, or give the one that should win a higher `priority`.',
  kinds: [scalingSchedule],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: business-hours}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: weekdays, start: "0 8 * * 1-5", end: "0 18 * * 1-5", minScale: 10}
---
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: sale}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  windows:
  - {name: friday, start: "0 0 * 11 5", duration: 24h, minScale: 20}
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
---
apiVersion: weir.dev/v1alpha1
kind: ScalingSchedule
metadata: {name: sale}
spec:
  scaleTargetRef: {apiVersion: serving.knative.dev/v1, kind: Service, name: api-service}
  timeZone: Europe/Lisbon
  priority: 10
  windows:
  - {name: friday, start: "0 0 * 11 5", duration: 24h, minScale: 20}
`,
  },

  judge({ object, name, namespace }, { inventory }) {
    const schedule = scheduleOf(object);
    if (schedule === undefined) return [];
    const rivals = rivalsOf(schedule, inventory).filter(
      (other) =>
        other.priority === schedule.priority && !(other.name === name && sameNamespace(other.namespace, namespace)),
    );
    const [rival] = rivals;
    if (rival === undefined) return [];
    const more = rivals.length > 1 ? ` (and ${rivals.length - 1} more)` : '';
    const message = `ScalingSchedule ${rival.name}${more} scales ${titleOfTarget(schedule.target)} too, with the same priority ${rival.priority}; give the one that should win a higher priority`;
    return [{ path: '/spec', message }];
  },
});

/** Schedules by what they name, and those that select. */
interface Index {
  readonly byTarget: ReadonlyMap<string, readonly ScalingSchedule[]>;
  readonly selecting: readonly ScalingSchedule[];
}

/** Worked out once for one list of schedules, so that thousands of them are not each compared with all the others. */
const indexes = new WeakMap<readonly JsonObject[], Index>();

function rivalsOf(schedule: ScalingSchedule, inventory: Inventory): ScalingSchedule[] {
  const { byTarget, selecting } = indexOf(inventory.all(scalingSchedule));
  const { target } = schedule;
  const names = new Set(targetsOf(schedule, inventory).map(nameOf));
  if (!('selector' in target)) names.add(target.name);
  const named = [...names].flatMap((name) => byTarget.get(name) ?? []);
  const selected = selecting.filter((other) => targetsOf(other, inventory).some((object) => names.has(nameOf(object))));
  return [...named, ...selected].filter((other) => sameNamespace(other.namespace, schedule.namespace));
}

function indexOf(objects: readonly JsonObject[]): Index {
  const known = indexes.get(objects);
  if (known !== undefined) return known;

  const byTarget = new Map<string, ScalingSchedule[]>();
  const selecting: ScalingSchedule[] = [];
  for (const object of objects) {
    const schedule = scheduleOf(object);
    if (schedule === undefined) continue;
    const { target } = schedule;
    if ('selector' in target) {
      selecting.push(schedule);
      continue;
    }
    const list = byTarget.get(target.name);
    if (list === undefined) byTarget.set(target.name, [schedule]);
    else list.push(schedule);
  }
  const index = { byTarget, selecting };
  indexes.set(objects, index);
  return index;
}
