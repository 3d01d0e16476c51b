/**
 * A candidate that was Ready, and is not any more, or of which Knative says neither: its PodAutoscaler was made anew, say,
 * and nobody works on that (knative/serving pkg/apis/serving/v1/revision_lifecycle.go). What has gone wrong Knative mostly
 * says in time; where it does not, the progress deadline bounds the wait.
 */
import { timeText } from '../kubernetes/time.ts';
import type { RolloutStatus } from './status.ts';
import { elapsed, endUndo, fail, type Sight, seen, since, type Turn } from './turn.ts';

export interface Lost {
  readonly reason: 'RevisionGone' | 'NotReady';
  readonly message: string;
}

/** Why a candidate that is in spec.traffic cannot go on: it has broken down, or nothing is known of it for too long. */
export function whyLost(status: RolloutStatus, turn: Turn): Lost | undefined {
  const broken = whyBroken(status, turn);
  if (broken !== undefined) return broken;
  const message = whyUnknown(status, turn);
  return message === undefined ? undefined : { reason: 'NotReady', message };
}

/** The part of it that takes nothing of the spec. */
export function whyBroken({ candidate }: RolloutStatus, sight: Sight): Lost | undefined {
  const revision = seen(sight, candidate?.revision);
  if (revision === undefined) return { reason: 'RevisionGone', message: 'it was deleted' };
  if (revision.readiness !== 'False') return undefined;
  return { reason: 'NotReady', message: `it is not Ready any more: ${revision.message}` };
}

/** An undo comes to nothing, and everything else has failed. */
export function lose(status: RolloutStatus, { reason, message }: Lost, sight: Sight): RolloutStatus {
  if (status.returning !== 'Undo') return fail(status, reason, message, sight);
  return endUndo(status, `${status.candidate?.revision} cannot be gone back to, ${message}`, sight);
}

/** The time is the status' own: that of Knative's condition begins anew with each new reason. */
export function meetReadiness(status: RolloutStatus, sight: Sight): RolloutStatus {
  const { candidate, phase } = status;
  if (candidate === undefined || phase === 'Starting') return status;
  const isUnknown = seen(sight, candidate.revision)?.readiness === 'Unknown';
  if (isUnknown === (candidate.unknownSince !== undefined)) return status;
  return { ...status, candidate: { ...candidate, unknownSince: isUnknown ? timeText(sight.now) : undefined } };
}

/** Where nothing can be looked at, nobody knows whether it was Ready in between. */
export function forgetReadiness(status: RolloutStatus): RolloutStatus {
  const { candidate } = status;
  if (candidate?.unknownSince === undefined) return status;
  return { ...status, candidate: { ...candidate, unknownSince: undefined } };
}

/** When it is waited for no more; NaN where nothing is unknown. */
export function unknownUntil({ candidate }: RolloutStatus, { rollout }: Turn): number {
  return since(candidate?.unknownSince) + rollout.progressDeadline;
}

/** Why it is waited for no more; undefined while it is, and where there is nothing else to serve. */
function whyUnknown(status: RolloutStatus, turn: Turn): string | undefined {
  const { candidate, stable, returning } = status;
  if (candidate === undefined || seen(turn, stable) === undefined) return undefined;
  const { revision, unknownSince } = candidate;
  if (!(elapsed(turn, unknownSince) >= turn.rollout.progressDeadline)) return undefined;
  const says = `Knative has not said since ${unknownSince} whether it is Ready (${saidOf(status, turn)})`;
  const again = returning === 'Undo' ? '; once it is Ready, undo goes back to it' : ', and retry tries it again';
  return `${says}: kubectl describe revision ${revision} says more${again}`;
}

/** What Knative says instead. */
export function saidOf({ candidate }: RolloutStatus, turn: Turn): string {
  return seen(turn, candidate?.revision)?.message || 'Knative says nothing about it';
}
