/** A TrafficRollout's status: written as a whole, from what was decided. Pure. */
import { type Condition, withConditions } from '../../src/kubernetes/conditions.ts';
import { type JsonObject, numberAt, objectAt } from '../../src/kubernetes/json.ts';
import { nameOf } from '../../src/kubernetes/object.ts';
import type { Decision } from '../../src/rollout/decide.ts';
import { type RolloutStatus, statusJson } from '../../src/rollout/status.ts';
import { decideUnreadable } from '../../src/rollout/unreadable.ts';

export function statusOf(rollout: JsonObject, { status, waiting, conditions }: Decision, now: Date): JsonObject {
  return {
    observedGeneration: numberAt(rollout, 'metadata', 'generation') ?? 0,
    ...statusJson(status),
    ...(waiting === undefined ? {} : { waitingFor: waiting.for }),
    conditions: withConditions(rollout, conditions, now),
  };
}

/** Of one that comes after another about the same Service: what it once remembered stays, but that it claims anything. */
export function contestedStatus(rollout: JsonObject, first: JsonObject, now: Date): JsonObject {
  const message = `TrafficRollout ${nameOf(first)} is about the same Service and was there before it; delete one of them`;
  const conditions: Condition[] = [
    { type: 'Ready', status: 'False', reason: 'Contested', message },
    { type: 'Protected', status: 'False', reason: 'Contested', message },
    { type: 'Suspended', status: 'True', reason: 'WaitingForPerson', message },
  ];
  const { claims: _, ...remembered } = objectAt(rollout, 'status') ?? {};
  return {
    ...remembered,
    observedGeneration: numberAt(rollout, 'metadata', 'generation') ?? 0,
    waitingFor: 'Person',
    conditions: withConditions(rollout, conditions, now),
  };
}

/** Where it is not known how min-scale is written, nothing moves. */
export function obstructed(obstacle: string, known: RolloutStatus | undefined, now: Date): Decision {
  const decision = decideUnreadable([], known, undefined, now);
  const conditions = decision.conditions.map((each) => {
    if (each.type === 'Protected') return each;
    return {
      ...each,
      reason: each.type === 'Ready' ? 'KnativeVersionUnknown' : 'WaitingForKnativeVersion',
      message: obstacle,
    };
  });
  return { ...decision, waiting: { for: 'KnativeVersion', message: obstacle }, conditions };
}
