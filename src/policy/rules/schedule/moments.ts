/** When the clock alone may change what the rules of this folder say of a schedule. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { faultsHoldUntil } from '../../../schedule/faults.ts';
import { actionFor } from '../../engine/action.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { endToLookAt } from './holdsNothing.ts';
import { scheduleIdleWindow } from './idleWindow.ts';
import { scheduleOverlap } from './overlap.ts';
import { scheduleOf } from './read.ts';

/** Windows may overlap by the minute, and when they do so next is no news each time. */
const HOUR = 3_600_000;

/** Those at which somebody who looks at the schedule now looks again: for its faults after an hour at the earliest. */
export function momentsToLookAt(object: JsonObject, policy: EffectivePolicy, now: Date): Date[] {
  const isOff = [scheduleIdleWindow, scheduleOverlap].every((rule) => actionFor(rule, policy) === 'off');
  const schedule = isOff ? undefined : scheduleOf(object);
  const faultsEnd = schedule === undefined ? undefined : faultsHoldUntil(schedule, now)?.getTime();
  const moments = [
    endToLookAt(object, now),
    faultsEnd === undefined ? undefined : new Date(Math.max(faultsEnd, now.getTime() + HOUR)),
  ];
  return moments.filter((moment) => moment !== undefined);
}
