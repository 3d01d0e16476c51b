/** When a decision may be another one although nothing has changed. */
import { isWarm } from './claims.ts';
import { gate } from './gates.ts';
import { intervalStart } from './intervals.ts';
import { unknownUntil } from './readiness.ts';
import type { RolloutStatus } from './status.ts';
import { since, type Turn } from './turn.ts';

export function nextMoment(status: RolloutStatus, turn: Turn): Date | undefined {
  const now = turn.now.getTime();
  let first = Number.POSITIVE_INFINITY;
  const moments = [...momentsOf(status, turn), turn.observed.rival?.until.getTime() ?? Number.NaN];
  for (const moment of moments) if (moment > now && moment < first) first = moment;
  return Number.isFinite(first) ? new Date(first) : undefined;
}

/** Those of the past are waiting for something else, of which the caches tell. */
function momentsOf(status: RolloutStatus, turn: Turn): number[] {
  const { rollout, observed } = turn;
  const { phase, routedSince } = status;
  const deadline = rollout.progressDeadline;
  switch (phase) {
    case 'Waiting':
      return [];
    case 'Starting':
      return [since(status.candidate?.since) + deadline];
    case 'Returning':
      return [since(status.since) + deadline, unknownUntil(status, turn)];
    case 'Healthy':
    case 'Failed':
      return [
        ...(status.stablePods === undefined ? [] : [since(routedSince) + observed.stableWindow]),
        since(status.previous?.until),
      ];
    default: {
      const shut = gate(status, turn);
      return [
        shut?.until?.getTime() ?? Number.NaN,
        unknownUntil(status, turn),
        phase === 'Warming' ? warmingUntil(status, turn) : Number.NaN,
        rollout.analysis === undefined ? Number.NaN : intervalStart(status) + rollout.analysis.interval,
      ];
    }
  }
}

/** Pods that are there and may not be used yet have their time begun anew at half of it (transitions.ts `wait`). */
function warmingUntil(status: RolloutStatus, { rollout, observed }: Turn): number {
  const deadline = rollout.progressDeadline;
  // in whole seconds, as a decision sees them
  const half = Math.ceil(deadline / 2000) * 1000;
  return since(status.since) + (isWarm(status, rollout, observed) ? half : deadline);
}
