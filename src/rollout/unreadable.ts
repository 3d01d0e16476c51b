/** What becomes of a TrafficRollout that cannot be read: everything stays as it is, until somebody mends it or ends it. */
import type { Condition } from '../kubernetes/conditions.ts';
import { timeText } from '../kubernetes/time.ts';
import type { Problem } from '../schedule/model.ts';
import { heedAbort } from './commands.ts';
import { type Decision, isLate, keptBy, meetRoute, tellOfEdits, wholeSecond, writeOf } from './decide.ts';
import { isLeftAlone, type Observed } from './observed.ts';
import { freshStatus, type RolloutStatus } from './status.ts';
import { type RolloutEvent, type Sight, since } from './turn.ts';
import { type Waiting, waitForOthers } from './view.ts';

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
  const others = observed === undefined ? undefined : waitForOthers(status, observed);
  return {
    status,
    traffic,
    claims: status.claims,
    kept: keptBy(status),
    waiting,
    conditions: [
      { type: 'Ready', status: 'False', reason: 'InvalidSpec', message: waiting.message },
      protectedBy(status, others),
      { type: 'Suspended', status: 'True', reason: 'WaitingForSpec', message: waiting.message },
    ],
    measure: undefined,
    smokeTest: undefined,
    events,
    next: nextLook(status, observed, now),
  };
}

function protectedBy({ stable }: RolloutStatus, others: Waiting | undefined): Condition {
  const type = 'Protected';
  if (others !== undefined) return { type, status: 'False', reason: others.for, message: others.message };
  if (stable === undefined) return { type, status: 'False', reason: 'NotPinned', message: 'nothing is pinned yet' };
  return { type, status: 'True', reason: 'Pinned', message: `${stable} stays pinned` };
}

/** When spec.traffic is put back again, and when what has failed may be held at no pods. */
function nextLook({ routedSince }: RolloutStatus, observed: Observed | undefined, now: Date): Date | undefined {
  if (observed === undefined) return undefined;
  const moments = [observed.rival?.until.getTime() ?? Number.NaN, since(routedSince) + observed.stableWindow];
  const ahead = moments.filter((moment) => moment > now.getTime());
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead));
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
  const traffic = isLeftAlone(status, observed) ? undefined : writeOf(status, service);
  tellOfEdits(before, traffic, sight);
  return { status, traffic };
}
