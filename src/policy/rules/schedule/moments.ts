/** When the clock alone may change what the rules of this folder say of a schedule. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { faultsHoldUntil } from '../../../schedule/faults.ts';
import { actionFor } from '../../engine/action.ts';
import type { EffectivePolicy } from '../../engine/policy.ts';
import { endToLookAt } from './holdsNothing.ts';
import { scheduleIdleWindow } from './idleWindow.ts';
import { scheduleOverlap } from './overlap.ts';
import { scheduleOf } from './read.ts';

/** Those at which somebody who looks at the schedule now looks again. */
export function momentsToLookAt(object: JsonObject, policy: EffectivePolicy, now: Date): Date[] {
  const isOff = [scheduleIdleWindow, scheduleOverlap].every((rule) => actionFor(rule, policy) === 'off');
  const schedule = isOff ? undefined : scheduleOf(object);
  const moments = [endToLookAt(object, now), schedule === undefined ? undefined : faultsHoldUntil(schedule, now)];
  return moments.filter((moment) => moment !== undefined);
}
