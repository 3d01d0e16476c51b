/**
 * What becomes of a TrafficRollout that cannot be read: what was decided stays, also where somebody else writes spec.traffic,
 * until the spec is mended, a person ends it, or its candidate breaks down. To hold and to go back takes nothing that only the
 * spec says.
 */
import type { Condition } from '../kubernetes/conditions.ts';
import { timeText } from '../kubernetes/time.ts';
import type { Problem } from '../schedule/model.ts';
import { heedAbort } from './commands.ts';
import { type Decision, heldByGit, isLate, keptBy, meetRoute, untimed, wholeSecond, writeOf } from './decide.ts';
import { isLeftAlone, type Observed } from './observed.ts';
import { forgetReadiness, lose, meetReadiness, whyBroken } from './readiness.ts';
import { freshStatus, type RolloutStatus } from './status.ts';
import { trafficFor } from './traffic.ts';
import { isStableGone, type RolloutEvent, type Sight, since } from './turn.ts';
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
  const sight = sightOf(before, observed, now, events);
  const { status, traffic } = holdOn(before, observed, sight);
  const message = problems.map((problem) => `${problem.path}: ${problem.message}`).join('; ');
  const also = alsoSaid(status, sight);
  const waiting = { for: 'Spec', message: `nothing moves until spec can be read: ${message}${also}` };
  const others = observed === undefined ? undefined : waitForOthers(status, observed);
  return {
    status,
    traffic,
    claims: status.claims,
    kept: keptBy(status),
    waiting,
    conditions: [
      { type: 'Ready', status: 'False', reason: 'InvalidSpec', message: waiting.message },
      protectedBy(status, observed, others),
      { type: 'Suspended', status: 'True', reason: 'WaitingForSpec', message: waiting.message },
    ],
    measure: undefined,
    smokeTest: undefined,
    events,
    next: nextLook(status, observed, now),
  };
}

function protectedBy(status: RolloutStatus, observed: Observed | undefined, others: Waiting | undefined): Condition {
  const type = 'Protected';
  if (others !== undefined) return { type, status: 'False', reason: others.for, message: others.message };
  if (observed !== undefined && observed.service === undefined) {
    return { type, status: 'False', reason: 'Service', message: 'there is no such Service of Knative' };
  }
  const targets = trafficFor(status);
  if (targets === undefined || (observed !== undefined && observed.service?.uid !== status.serviceUid)) {
    return { type, status: 'False', reason: 'NotPinned', message: 'nothing is pinned yet' };
  }
  const shares = targets.map(({ revision, percent }) => `${revision} ${percent} %`).join(', ');
  const stays = `spec.traffic stays as it was decided: ${shares}`;
  const message =
    observed === undefined ? `${stays}; what somebody else writes there is not put back meanwhile` : stays;
  return { type, status: 'True', reason: 'Pinned', message };
}

/** When spec.traffic is put back again, and when what has failed may be held at no pods. */
function nextLook({ routedSince }: RolloutStatus, observed: Observed | undefined, now: Date): Date | undefined {
  if (observed === undefined) return undefined;
  const moments = [observed.rival?.until.getTime() ?? Number.NaN, since(routedSince) + observed.stableWindow];
  const ahead = moments.filter((moment) => moment > now.getTime());
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead));
}

/** Undefined where there is nothing to look at, or it is late, or another Service. */
function sightOf(
  before: RolloutStatus,
  observed: Observed | undefined,
  now: Date,
  events: RolloutEvent[],
): Sight | undefined {
  const service = observed?.service;
  if (observed === undefined || service === undefined) return undefined;
  if (service.uid !== before.serviceUid || isLate(service, before)) return undefined;
  return { observed, service, now, events };
}

/** What a person may still say, and what has become of the candidate: the conditions say it nowhere else. */
function alsoSaid(status: RolloutStatus, sight: Sight | undefined): string {
  const { candidate, phase, failed, stable } = status;
  const gone =
    sight !== undefined && isStableGone(status, sight) ? `; ${stable} is gone, and spec.traffic stays as it is` : '';
  if (candidate !== undefined) return isOurs(sight) ? `${gone}; abort is heard all the same` : gone;
  const last = failed.at(-1);
  return phase === 'Failed' && last !== undefined ? `${gone}; ${last.revision} has failed: ${last.message}` : gone;
}

function isOurs(sight: Sight | undefined): sight is Sight {
  return sight !== undefined && sight.service.owner.kind !== 'git';
}

/** spec.traffic follows the status, which nothing moves on. */
function holdOn(
  before: RolloutStatus,
  observed: Observed | undefined,
  sight: Sight | undefined,
): Pick<Decision, 'status' | 'traffic'> {
  if (observed === undefined) return { status: forgetReadiness(before), traffic: undefined };
  if (sight === undefined) return { status: before, traffic: undefined };
  if (!isOurs(sight)) return { status: heldByGit(before, sight), traffic: undefined };

  const ended = untimed(endIfAny(before, sight), observed);
  const status = meetReadiness(meetRoute(ended, sight), sight);
  const traffic = isLeftAlone(status, observed) ? undefined : writeOf(status, before, sight);
  return { status, traffic };
}

/** Where a person says so, and where the candidate is lost: to keep requests on that would undo what a person does by hand. */
function endIfAny(before: RolloutStatus, sight: Sight): RolloutStatus {
  const { candidate, previous } = before;
  if (candidate === undefined) return before;
  const heard = heedAbort(before, sight);
  const lost = heard === before && before.phase !== 'Starting' ? whyBroken(before, sight) : undefined;
  const ended = lost === undefined ? heard : lose(before, lost, sight);
  if (ended === before) return before;
  // claims are made by the spec: without it, only what goes is taken from them
  const isKept = (name: string): boolean => name !== candidate.revision || name === previous?.revision;
  return { ...ended, claims: ended.claims.filter(({ revision }) => isKept(revision)), routedSince: undefined };
}
