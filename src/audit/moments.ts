/** When the clock alone may change a verdict: of the rules that look at the moment, the next one that counts. */
import { type JsonObject, stringAt } from '../kubernetes/json.ts';
import { createdAt, isTooLong, type PolicyException, readUntil } from '../policy/engine/exceptions.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { momentsToLookAt } from '../policy/rules/schedule/moments.ts';

export interface Momentary {
  readonly policy: EffectivePolicy;
  readonly now: Date;
  /** The exceptions that excuse something, or did. */
  readonly inForce: readonly PolicyException[];
  /** All of them as they are written, and the schedules beside them. */
  readonly exceptions: readonly JsonObject[];
  readonly schedules: readonly JsonObject[];
}

/** The moment after the first that is still to come; undefined where none is. */
export function nextMoment({ policy, now, inForce, exceptions, schedules }: Momentary): Date | undefined {
  const moments = [
    ...inForce.map(({ until }) => until),
    ...exceptions.flatMap((object) => momentsOf(object, policy)),
    ...schedules.flatMap((object) => momentsToLookAt(object, policy, now)),
  ];
  let first: number | undefined;
  for (const moment of moments) {
    const at = moment.getTime();
    if (at < now.getTime()) continue;
    if (first === undefined || at < first) first = at;
  }
  return first === undefined ? undefined : new Date(first + 1);
}

const DAY = 86_400_000;

/** Also of one that is not in force: from its end on it is told to have expired. One that is too long is told so in other words after a day. */
function momentsOf(object: JsonObject, { exceptions }: EffectivePolicy): Date[] {
  const until = readUntil(stringAt(object, 'spec', 'until') ?? '');
  if (until === undefined) return [];
  const created = createdAt(object);
  const longest = exceptions?.longestDays;
  if (created === undefined || longest === undefined || !isTooLong(created, until, longest)) return [until];
  return [until, new Date(created.getTime() + DAY)];
}
