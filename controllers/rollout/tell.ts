/** The Events and CloudEvents about what was decided. Pure: what to tell, and not the telling. */
import type { Happening } from '../../src/kubernetes/client/events.ts';
import type { JsonObject, JsonValue } from '../../src/kubernetes/json.ts';
import { referenceTo, uidOf } from '../../src/kubernetes/object.ts';
import type { Decision } from '../../src/rollout/decide.ts';
import type { RolloutStatus } from '../../src/rollout/status.ts';
import type { RolloutEvent } from '../../src/rollout/turn.ts';
import type { News } from '../manager/controller.ts';

export function happeningOf(rollout: JsonObject, { type, reason, message }: RolloutEvent): Happening {
  const { namespace, name } = referenceTo(rollout);
  return {
    regarding: { apiVersion: 'weir.dev/v1alpha1', kind: 'TrafficRollout', namespace, name, uid: uidOf(rollout) },
    type,
    reason,
    action: 'RolledOut',
    note: message,
  };
}

/** Whether the rollout is somewhere else than before, so that others want to hear of it. */
export function isTransition(known: RolloutStatus | undefined, status: RolloutStatus): boolean {
  return JSON.stringify(placeOf(known)) !== JSON.stringify(placeOf(status));
}

/** The last of the decision's events says why. */
export function transitionNews(
  rollout: JsonObject,
  service: string,
  known: RolloutStatus | undefined,
  { status, events }: Decision,
  at: Date,
): News {
  const { namespace, name } = referenceTo(rollout);
  const reason = events.at(-1);
  return {
    type: 'dev.weir.rollout.transition.v1',
    subject: `weir.dev/v1alpha1/namespaces/${namespace}/trafficrollouts/${name}`,
    data: {
      namespace,
      rollout: name,
      service,
      from: placeOf(known),
      to: placeOf(status),
      reason: reason?.reason ?? null,
      message: reason?.message ?? null,
      at: at.toISOString(),
    },
  };
}

function placeOf(status: RolloutStatus | undefined): JsonValue {
  if (status === undefined) return null;
  const { phase, step, weight, stable, candidate } = status;
  return { phase, step, weight, stable: stable ?? null, candidate: candidate?.revision ?? null };
}
