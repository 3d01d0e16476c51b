/** What each part of a decision is handed, and the changes of a status that several of them make. */
import { timeText } from '../kubernetes/time.ts';
import { cut } from '../text/cut.ts';
import { podsFor } from './claims.ts';
import type { TrafficRollout } from './model.ts';
import type { Observed, RevisionSeen, ServiceSeen } from './observed.ts';
import { keepOldOf, tagOf } from './stages.ts';
import { MOST_FAILED, type Phase, type Previous, type RolloutStatus } from './status.ts';

export interface RolloutEvent {
  readonly type: 'Normal' | 'Warning';
  /** One word for programs. */
  readonly reason: string;
  readonly message: string;
}

/** All that is known where the spec cannot be read. */
export interface Sight {
  readonly observed: Observed;
  readonly service: ServiceSeen;
  /** In whole seconds, as a status can say it. */
  readonly now: Date;
  readonly events: RolloutEvent[];
}

export interface Turn extends Sight {
  readonly rollout: TrafficRollout;
}

export function tell({ events }: Sight, type: RolloutEvent['type'], reason: string, message: string): void {
  events.push({ type, reason, message });
}

export function seen({ observed }: Sight, revision: string | undefined): RevisionSeen | undefined {
  return revision === undefined ? undefined : observed.revisions.get(revision);
}

/** Somebody has deleted it: what names it no Route takes, and there is nothing to go back to. */
export function isStableGone({ stable }: RolloutStatus, sight: Sight): boolean {
  return stable !== undefined && seen(sight, stable) === undefined;
}

export function since(text: string | undefined): number {
  return text === undefined ? Number.NaN : Date.parse(text);
}

/** Milliseconds from then to now; a clock that was set back makes them none, not fewer. */
export function elapsed({ now }: Sight, text: string | undefined): number {
  return Math.max(0, now.getTime() - since(text));
}

export function enter(status: RolloutStatus, phase: Phase, { now }: Sight): RolloutStatus {
  return { ...status, phase, since: timeText(now) };
}

/** Nothing of a rollout that is over; claims stay until the Route has done what is asked, and a stable window after it. */
function cleared(status: RolloutStatus): RolloutStatus {
  return {
    ...status,
    candidate: undefined,
    returning: undefined,
    step: 0,
    weight: 0,
    isWayBackDone: false,
    analysis: undefined,
    isSmokeTested: false,
    promoted: undefined,
  };
}

/**
 * A newer Revision takes the candidate's place, or the same one its own under another strategy, and begins from the first
 * step: stable has everything.
 */
export function begin(status: RolloutStatus, revision: string, turn: Turn): RolloutStatus {
  const before = status.candidate;
  if (before?.revision === revision) {
    tell(turn, 'Normal', 'StrategyChanged', `the strategy is another one: ${revision} begins anew, without traffic`);
  } else {
    if (before !== undefined) {
      tell(turn, 'Normal', 'Superseded', `${revision} takes the place of ${before.revision}`);
    }
    tell(turn, 'Normal', 'RevisionFound', `${revision} is newer than ${status.stable}, and gets no traffic yet`);
  }
  return {
    ...enter(cleared(status), 'Starting', turn),
    // it leaves spec.traffic now: to go later, in the middle of a step, would be one more change of the Route
    previous: status.previous && { ...status.previous, until: undefined },
    stablePods: status.stablePods ?? seen(turn, status.stable)?.pods ?? 0,
    candidate: { revision, tag: tagOf(turn.rollout), since: timeText(turn.now), unknownSince: undefined },
  };
}

/** There is nothing newer than stable any more. */
export function end(status: RolloutStatus, phase: 'Healthy' | 'Failed', turn: Sight): RolloutStatus {
  return enter(cleared(status), phase, turn);
}

/** An undo that comes to nothing: what was stable is as good as before. */
export function endUndo(status: RolloutStatus, why: string, turn: Sight): RolloutStatus {
  tell(turn, 'Warning', 'UndoEnded', `${status.stable} stays stable: ${why}`);
  const failed = status.failed.filter(({ revision }) => revision !== status.stable);
  return end({ ...status, failed }, 'Healthy', turn);
}

/** The one write back: stable has everything, and the candidate leaves spec.traffic. */
export function fail(status: RolloutStatus, reason: string, message: string, turn: Sight): RolloutStatus {
  const { candidate, stable } = status;
  const revision = candidate?.revision ?? '';
  const then = isStableGone(status, turn)
    ? `spec.traffic stays as it is, since ${stable} is gone`
    : `${stable} has all of the traffic`;
  tell(turn, 'Warning', reason, `${revision} has failed: ${message}; ${then}`);
  return end(withFailed(status, revision, reason, message, turn), 'Failed', turn);
}

const MOST_MESSAGE = 512;

export function withFailed(
  status: RolloutStatus,
  revision: string,
  reason: string,
  message: string,
  { now }: Sight,
): RolloutStatus {
  const others = status.failed.filter((each) => each.revision !== revision);
  const failed = { revision, reason, message: cut(message, MOST_MESSAGE), at: timeText(now) };
  return { ...status, failed: [...others, failed].slice(-MOST_FAILED) };
}

export function hasFailed(status: RolloutStatus, revision: string): boolean {
  return status.failed.some((each) => each.revision === revision);
}

/** The candidate becomes stable, and what was stable is remembered for `undo`. */
export function finish(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { candidate, stable, returning } = status;
  if (candidate === undefined || stable === undefined) return status;
  const how = returning === undefined ? 'is promoted' : 'is pinned';
  tell(turn, 'Normal', 'Promoted', `${candidate.revision} ${how}: it has all of the traffic, ${stable} has none`);
  const pods = podsFor(candidate.revision, 100, status, turn.rollout, turn.observed);
  return {
    ...end(status, 'Healthy', turn),
    stable: candidate.revision,
    stablePods: pods,
    previous: returning === 'Undo' ? undefined : previousOf(stable, status, turn),
  };
}

function previousOf(stable: string, status: RolloutStatus, { rollout, now }: Turn): Previous {
  const kept = status.returning === undefined ? keepOldOf(rollout) : 0;
  const until = kept === 0 ? undefined : timeText(new Date(now.getTime() + kept));
  return { revision: stable, pods: status.stablePods ?? 0, until };
}
