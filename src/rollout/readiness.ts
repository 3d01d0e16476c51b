/**
 * A candidate that was Ready, and of which Knative says neither that it is nor that it is not: its PodAutoscaler was made
 * anew, say, and nobody works on that (knative/serving pkg/apis/serving/v1/revision_lifecycle.go). What has gone wrong
 * Knative mostly says in time; where it does not, the progress deadline bounds the wait.
 */
import { timeText } from '../kubernetes/time.ts';
import type { RolloutStatus } from './status.ts';
import { elapsed, seen, since, type Turn } from './turn.ts';

/** The time is the status' own: that of Knative's condition begins anew with each new reason. */
export function meetReadiness(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { candidate, phase } = status;
  if (candidate === undefined || phase === 'Starting') return status;
  const isUnknown = seen(turn, candidate.revision)?.readiness === 'Unknown';
  if (isUnknown === (candidate.unknownSince !== undefined)) return status;
  return { ...status, candidate: { ...candidate, unknownSince: isUnknown ? timeText(turn.now) : undefined } };
}

/** When it is waited for no more; NaN where nothing is unknown. */
export function unknownUntil({ candidate }: RolloutStatus, { rollout }: Turn): number {
  return since(candidate?.unknownSince) + rollout.progressDeadline;
}

/** Why it is waited for no more; undefined while it is, and where there is nothing else to serve. */
export function whyUnknown(status: RolloutStatus, turn: Turn): string | undefined {
  const { candidate, stable, returning } = status;
  if (candidate === undefined || seen(turn, stable) === undefined) return undefined;
  const { revision, unknownSince } = candidate;
  if (!(elapsed(turn, unknownSince) >= turn.rollout.progressDeadline)) return undefined;
  const says = `Knative has not said since ${unknownSince} whether it is Ready (${saidOf(status, turn)})`;
  const again = returning === 'Undo' ? 'undo' : 'retry';
  return `${says}: kubectl describe revision ${revision} says more, and ${again} tries it again`;
}

/** What Knative says instead. */
export function saidOf({ candidate }: RolloutStatus, turn: Turn): string {
  return seen(turn, candidate?.revision)?.message || 'Knative says nothing about it';
}
