/** What keeps a candidate from its next share, the most telling reason first. */
import { timeText } from '../kubernetes/time.ts';
import { frozenAt } from './freeze.ts';
import { isVerdictOld } from './intervals.ts';
import { saidOf, unknownUntil } from './readiness.ts';
import { pauseAt } from './stages.ts';
import type { RolloutStatus } from './status.ts';
import { elapsed, hasFailed, isStableGone, seen, since, type Turn } from './turn.ts';

export type WaitingFor =
  | 'Stable'
  | 'RolloutDuration'
  | 'Resume'
  | 'Freeze'
  | 'Route'
  | 'Revision'
  | 'SmokeTest'
  | 'Analysis'
  | 'Person'
  | 'Pause';

export interface Gate {
  readonly for: WaitingFor;
  readonly message: string;
  /** When it opens by itself. */
  readonly until?: Date | undefined;
}

/** Undefined where the next share may be given. */
export function gate(status: RolloutStatus, turn: Turn): Gate | undefined {
  const shut = shutByOthers(status, turn) ?? shutByState(status, turn);
  if (shut !== undefined) return shut;
  if (status.promoted === 'Full') return undefined;
  const { analysis } = status;
  if (analysis !== undefined && analysis.failures > 0) {
    return {
      for: 'Analysis',
      message: `${analysis.failures} of ${turn.rollout.analysis?.failureLimit ?? analysis.failures} failed intervals in a row: ${analysis.message}`,
    };
  }
  if (status.promoted === 'Step') return undefined;
  return shutByPause(status, turn) ?? shutByAnalysis(status, turn);
}

/** People, policies, and what stands beside the rollout. */
export function shutByOthers(status: RolloutStatus, turn: Turn): Gate | undefined {
  return shutByStable(status, turn) ?? shutByPeople(status, turn);
}

export function shutByPeople(status: RolloutStatus, turn: Turn): Gate | undefined {
  const { rollout, observed, service, now } = turn;
  if (service.rolloutDuration !== undefined) {
    return {
      for: 'RolloutDuration',
      message: `the Service has serving.knative.dev/rollout-duration: ${service.rolloutDuration}; take it away, since the steps say how traffic moves`,
    };
  }
  if (rollout.isPaused) return { for: 'Resume', message: 'spec.paused is true; no step is taken while it is' };
  if (status.isPaused) return { for: 'Resume', message: 'a person has paused it; resume lets it go on' };
  const frozen = frozenAt([rollout.freeze, ...observed.policy.freezes], now);
  if (frozen === undefined) return undefined;
  const until = frozen.until === undefined ? '' : ` until ${timeText(frozen.until)}`;
  return { for: 'Freeze', message: `no step is taken in ${frozen.name}${until}`, until: frozen.until };
}

export function shutByStable(status: RolloutStatus, turn: Turn): Gate | undefined {
  if (!isStableGone(status, turn)) return undefined;
  const { stable, candidate } = status;
  if (goesLive(status, turn)) {
    const message = `${stable} is gone, and ${candidate?.revision} gets all of the traffic once it is Ready`;
    return { for: 'Stable', message };
  }
  const isReady = seen(turn, candidate?.revision)?.readiness === 'True';
  const then = isReady ? '' : `once ${candidate?.revision} is Ready, `;
  const message = `${stable} is gone, and there is nothing to go back to; ${then}promote-full goes on without it`;
  return { for: 'Stable', message };
}

/** Where stable is gone: the candidate has everything once it is Ready, without a person who says so. */
export function goesLive(status: RolloutStatus, turn: Turn): boolean {
  if (!isStableGone(status, turn)) return false;
  if (status.phase === 'Starting') return shutByPeople(status, turn) === undefined && !isAnswered(status, turn);
  return status.phase === 'Returning' && !isBackShut(status, turn);
}

/** Another Revision, with nothing bad known of it, takes requests: they would go to one that nobody has tried. */
function isAnswered(status: RolloutStatus, turn: Turn): boolean {
  const { traffic, latestReady } = turn.service;
  return traffic.some(({ revision = latestReady, percent }) => {
    if (percent === 0 || revision === undefined || revision === status.candidate?.revision) return false;
    return seen(turn, revision)?.readiness === 'True' && !hasFailed(status, revision);
  });
}

/** On the way back; nobody but who undoes it ends an undo, and a freeze is about what is new. */
export function isBackShut(status: RolloutStatus, turn: Turn): boolean {
  const shut = status.returning === 'Undo' ? undefined : shutByPeople(status, turn);
  return shut !== undefined && shut.for !== 'Freeze';
}

export const WAITS_FOR_ROUTE = { for: 'Route', message: 'the Route has not taken spec.traffic yet' } as const;

function shutByState(status: RolloutStatus, turn: Turn): Gate | undefined {
  const { rollout } = turn;
  if (status.routedSince === undefined) return WAITS_FOR_ROUTE;
  const name = status.candidate?.revision;
  const unready = shutByReadiness(status, turn);
  if (unready !== undefined) return unready;
  const { strategy } = rollout;
  if (strategy.type === 'blueGreen' && strategy.smokeTest !== undefined && !status.isSmokeTested) {
    return { for: 'SmokeTest', message: `the smoke test of ${name} has not passed yet` };
  }
  return undefined;
}

export function shutByReadiness(status: RolloutStatus, turn: Turn): Gate | undefined {
  const name = status.candidate?.revision;
  if (seen(turn, name)?.readiness === 'True') return undefined;
  const until = unknownUntil(status, turn);
  const end = Number.isNaN(until) ? '' : `; it is waited for until ${timeText(new Date(until))}`;
  return { for: 'Revision', message: `Knative does not say whether ${name} is Ready (${saidOf(status, turn)})${end}` };
}

function shutByPause(status: RolloutStatus, turn: Turn): Gate | undefined {
  const pause = pauseAt(turn.rollout, status.weight);
  if (pause === 'person') return { for: 'Person', message: 'it waits for a person: promote lets it go on' };
  if (elapsed(turn, status.routedSince) >= pause) return undefined;
  const until = new Date(since(status.routedSince) + pause);
  return { for: 'Pause', message: `the step lasts until ${timeText(until)}`, until };
}

/**
 * A step comes after an interval in which everything was measured and good: the last one, since it says nothing of the time
 * after it. Before the first, nobody sends the candidate requests: there it is enough that somebody answers, and that
 * nothing is bad.
 */
function shutByAnalysis(status: RolloutStatus, turn: Turn): Gate | undefined {
  const { rollout } = turn;
  if (rollout.analysis === undefined) return undefined;
  const { analysis, step, routedSince } = status;
  if (analysis === undefined) {
    const until = timeText(new Date(since(routedSince) + rollout.analysis.interval));
    return { for: 'Analysis', message: `the first interval lasts until ${until}` };
  }
  const isEnough = analysis.verdict === 'Passed' || (step === 0 && analysis.isAnswered);
  if (!isEnough) return { for: 'Analysis', message: `inconclusive: ${analysis.message}` };
  if (!isVerdictOld(status, turn)) return undefined;
  const message = `the last interval that was judged ended at ${analysis.at}, and nobody has judged another since`;
  return { for: 'Analysis', message };
}
