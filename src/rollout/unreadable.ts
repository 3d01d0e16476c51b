/** What becomes of a TrafficRollout that cannot be read: everything stays as it is, until somebody mends it or ends it. */
import { timeText } from '../kubernetes/time.ts';
import type { Problem } from '../schedule/model.ts';
import { heedAbort } from './commands.ts';
import { type Decision, isLate, keptBy, meetRoute, tellOfEdits, wholeSecond, writeOf } from './decide.ts';
import { isLeftAlone, type Observed } from './observed.ts';
import { freshStatus, type RolloutStatus } from './status.ts';
import type { RolloutEvent, Sight } from './turn.ts';

/** @param observed undefined where nothing can be looked at either */
export function decideUnreadable(
  problems: readonly Problem[],
  known: RolloutStatus | undefined,
  observed: Observed | undefined,
  moment: Date,
): Decision {
  const now = wholeSecond(moment);
  const events: RolloutEvent[] = [];
  const before = known ?? freshStatus(timeText(now));
  const { status, traffic } = endedBy(before, observed, now, events);
  const message = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  const waiting = { for: 'Spec', message: `nothing moves until spec can be read: ${message}` };
  const isPinned = status.stable !== undefined;
  return {
    status,
    traffic,
    claims: status.claims,
    kept: keptBy(status),
    waiting,
    conditions: [
      { type: 'Ready', status: 'False', reason: 'InvalidSpec', message: waiting.message },
      {
        type: 'Protected',
        status: isPinned ? 'True' : 'False',
        reason: isPinned ? 'Pinned' : 'NotPinned',
        message: isPinned ? `${status.stable} stays pinned` : 'nothing is pinned yet',
      },
      { type: 'Suspended', status: 'True', reason: 'WaitingForSpec', message: waiting.message },
    ],
    measure: undefined,
    smokeTest: undefined,
    events,
    next: undefined,
  };
}

/** To go back takes nothing that only the spec says: where nothing is under way any more, spec.traffic follows the status. */
function endedBy(
  before: RolloutStatus,
  observed: Observed | undefined,
  now: Date,
  events: RolloutEvent[],
): Pick<Decision, 'status' | 'traffic'> {
  const as = { status: before, traffic: undefined };
  const service = observed?.service;
  if (observed === undefined || service === undefined || service.owner.kind === 'git') return as;
  if (service.uid !== before.serviceUid || isLate(service, before)) return as;

  const sight: Sight = { observed, service, now, events };
  const ended = heedAbort(before, sight);
  if (ended.candidate !== undefined) return as;
  const status = meetRoute(ended, sight);
  const traffic = isLeftAlone(observed) ? undefined : writeOf(status, service);
  tellOfEdits(before, traffic, sight);
  return { status, traffic };
}
