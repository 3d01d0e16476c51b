/**
 * Which min-scale a rollout asks for, for whom. Stable keeps the pods that it had before the first step until the end, and
 * a while after it, so that it can take everything back at any moment; the candidate is warmed for the share that it is
 * about to get.
 */
import type { Surge, TrafficRollout } from './model.ts';
import type { Observed } from './observed.ts';
import { nextStage } from './stages.ts';
import type { Claim, RolloutStatus } from './status.ts';

/** The pods that a share takes: as many of stable's, no more than the surge, within what policy and Revision allow. */
export function podsFor(
  revision: string,
  percent: number,
  status: RolloutStatus,
  { maxSurge }: TrafficRollout,
  observed: Observed,
): number {
  const pods = status.stablePods ?? 0;
  return bounded(revision, Math.min(Math.ceil((pods * percent) / 100), surgeOf(maxSurge, pods)), observed);
}

function surgeOf(surge: Surge, pods: number): number {
  return 'pods' in surge ? surge.pods : Math.ceil((pods * surge.percent) / 100);
}

function bounded(revision: string, pods: number, { revisions, policy }: Observed): number {
  const own = revisions.get(revision)?.maxScale ?? 0;
  // Knative's 0 is no bound
  const most = Math.min(policy.mostPods ?? Number.POSITIVE_INFINITY, own === 0 ? Number.POSITIVE_INFINITY : own);
  return Math.min(pods, most);
}

/** The pods that have to be ready before the candidate gets its next share. */
export function podsForNext(status: RolloutStatus, rollout: TrafficRollout, observed: Observed): number {
  const { candidate, phase, weight } = status;
  if (candidate === undefined) return 0;
  const percent = phase === 'Returning' ? 100 : (nextStage(rollout, weight)?.percent ?? weight);
  return podsFor(candidate.revision, percent, status, rollout, observed);
}

/** Whether so many are there; an author's own min-scale is no reason to wait for more. */
export function isWarm(status: RolloutStatus, rollout: TrafficRollout, observed: Observed): boolean {
  const pods = observed.revisions.get(status.candidate?.revision ?? '')?.pods ?? 0;
  return pods >= podsForNext(status, rollout, observed);
}

/** What the status says that it wants, in the order of the names. */
export function claimsFor(status: RolloutStatus, rollout: TrafficRollout, observed: Observed): readonly Claim[] {
  const { stable, stablePods, candidate, previous, phase } = status;
  const wanted = new Map<string, number>();
  const want = (revision: string | undefined, pods: number): void => {
    if (revision !== undefined && pods > 0) wanted.set(revision, Math.max(wanted.get(revision) ?? 0, pods));
  };

  if (stablePods !== undefined) want(stable, stable === undefined ? 0 : bounded(stable, stablePods, observed));
  if (candidate !== undefined) want(candidate.revision, candidatePods(status, rollout, observed));
  if (previous?.until !== undefined && phase !== 'Waiting') {
    want(previous.revision, bounded(previous.revision, previous.pods, observed));
  }
  if (phase === 'Healthy') want(previous?.revision, heldSinceTheEnd(status));

  const claims: Claim[] = [];
  for (const [revision, minScale] of wanted) {
    const seen = observed.revisions.get(revision);
    // what its author asks for anyway needs no claim, and is never cut by one
    if (seen !== undefined && minScale > seen.minScale) claims.push({ revision, minScale });
  }
  return claims.sort((left, right) => (left.revision < right.revision ? -1 : 1));
}

/**
 * What was stable before: requests still come until the Route does what was written in the end. Its claim goes with that of
 * the Revision that came after it.
 */
function heldSinceTheEnd({ stablePods, previous, claims }: RolloutStatus): number {
  if (stablePods === undefined) return 0;
  return claims.find(({ revision }) => revision === previous?.revision)?.minScale ?? 0;
}

function candidatePods(status: RolloutStatus, rollout: TrafficRollout, observed: Observed): number {
  const { candidate, phase, weight } = status;
  if (candidate === undefined) return 0;
  const now = podsFor(candidate.revision, weight, status, rollout, observed);
  if (phase === 'Warming' || phase === 'Returning') return Math.max(now, podsForNext(status, rollout, observed));
  return now;
}
