/** What people and tools read of a rollout: what it waits for, and its conditions. */
import type { Condition } from '../kubernetes/conditions.ts';
import { timeText } from '../kubernetes/time.ts';
import { whyNot } from './adopt.ts';
import { isWarm, podsForNext } from './claims.ts';
import { gate, shutByOthers, shutByReadiness, shutByStable, WAITS_FOR_ROUTE } from './gates.ts';
import type { TrafficRollout } from './model.ts';
import { isLeftAlone, type Observed, type Rival } from './observed.ts';
import type { RolloutStatus } from './status.ts';
import { isStableGone, seen, type Turn } from './turn.ts';

export interface Waiting {
  /** One word: Person, Pause, Analysis, Freeze, Pods, … */
  readonly for: string;
  readonly message: string;
}

/** Undefined where it is at rest. */
export function waitingOf(
  status: RolloutStatus,
  rollout: TrafficRollout,
  observed: Observed,
  now: Date,
): Waiting | undefined {
  const { service } = observed;
  if (service === undefined) return { for: 'Service', message: `there is no Service ${rollout.service} of Knative` };
  const others = waitForOthers(status, observed);
  if (others !== undefined) return others;
  const turn: Turn = { rollout, observed, service, now, events: [] };
  const { candidate, phase } = status;
  switch (phase) {
    case 'Waiting': {
      const { reason, message } = whyNot(turn);
      return { for: reason, message };
    }
    case 'Starting':
      return shutByStable(status, turn) ?? { for: 'Revision', message: `${candidate?.revision} is not Ready yet` };
    case 'Checking':
    case 'Progressing':
    case 'Warming':
      return gate(status, turn) ?? pods(status, turn);
    case 'Returning':
      return (
        shutByStable(status, turn) ??
        (status.routedSince === undefined ? WAITS_FOR_ROUTE : undefined) ??
        (status.returning === 'Git' ? shutByOthers(status, turn) : undefined) ??
        shutByReadiness(status, turn) ??
        pods(status, turn)
      );
    case 'Healthy':
    case 'Failed':
      if (isStableGone(status, turn)) return { for: 'Stable', message: goneAtRest(status, turn) };
      // requests do not go where they should before
      return status.routedSince === undefined ? WAITS_FOR_ROUTE : undefined;
  }
}

function goneAtRest({ stable, previous }: RolloutStatus, turn: Turn): string {
  const isBefore = seen(turn, previous?.revision)?.readiness === 'True';
  const undo = isBefore ? `let undo go back to ${previous?.revision}, ` : '';
  return `${stable} is gone, and spec.traffic stays as it is: ${undo}give another Revision all of it there, or deploy a newer one, which gets it once it is Ready`;
}

/** Where spec.traffic is what somebody else wrote, and stays so for now. */
export function waitForOthers(status: RolloutStatus, observed: Observed): Waiting | undefined {
  const { service, rival } = observed;
  if (service?.owner.kind === 'git') {
    return {
      for: 'Git',
      message: `spec.traffic is written by ${service.owner.manager}, which would write it again; leave it out there, and the rollout goes on`,
    };
  }
  const isRivals = status.stable !== undefined && isLeftAlone(status, observed);
  return isRivals && rival !== undefined ? waitForRival(rival) : undefined;
}

function waitForRival({ who, times, until }: Rival): Waiting {
  return {
    for: 'Rival',
    message: `${who} writes spec.traffic whenever it is put back, ${times} times by now; it is put back again at ${timeText(until)}: find out what writes there, and end it`,
  };
}

function pods(status: RolloutStatus, { rollout, observed }: Turn): Waiting {
  const name = status.candidate?.revision ?? '';
  const there = observed.revisions.get(name)?.pods ?? 0;
  const message = isWarm(status, rollout, observed)
    ? `${name} has its ${there} pods`
    : `${there} of ${podsForNext(status, rollout, observed)} pods of ${name} are ready`;
  return { for: 'Pods', message };
}

/** What only somebody else can end: Argo CD shows Suspended. */
const SUSPENDING = ['Person', 'Resume', 'Git', 'Rival', 'RolloutDuration', 'TrafficSplit', 'Stable'];

/** Ready, Protected and Suspended, from which Argo CD's health follows. */
export function conditionsOf(
  status: RolloutStatus,
  waiting: Waiting | undefined,
  rollout: TrafficRollout,
  observed: Observed,
): readonly Condition[] {
  return [ready(status, waiting), protectedBy(status, waiting, rollout, observed), suspended(waiting)];
}

function ready({ phase, stable, candidate, failed, weight }: RolloutStatus, waiting: Waiting | undefined): Condition {
  const type = 'Ready';
  const last = failed.at(-1);
  const why = `${last?.revision} has failed: ${last?.message}`;
  if (waiting?.for === 'Stable') {
    const message = phase === 'Failed' ? `${waiting.message}; ${why}` : waiting.message;
    return { type, status: 'False', reason: 'StableGone', message };
  }
  if (phase === 'Failed') {
    const message = waiting === undefined ? `${stable} has all of the traffic: ${why}` : `${why}; ${waiting.message}`;
    return { type, status: 'False', reason: last?.reason || 'Failed', message };
  }
  if (phase === 'Healthy' && waiting === undefined) {
    return { type, status: 'True', reason: 'Healthy', message: `${stable} has all of the traffic` };
  }
  const message = waiting?.message ?? '';
  const share = candidate === undefined ? '' : `${candidate.revision} has ${weight} %: `;
  return {
    type,
    status: 'Unknown',
    reason: waiting === undefined ? phase : `WaitingFor${waiting.for}`,
    message: `${share}${message}`,
  };
}

function protectedBy(
  { stable }: RolloutStatus,
  waiting: Waiting | undefined,
  { service }: TrafficRollout,
  observed: Observed,
): Condition {
  const type = 'Protected';
  const isOthers = waiting?.for === 'Git' || waiting?.for === 'Rival';
  if (stable === undefined || observed.service === undefined || isOthers) {
    const message = waiting?.message ?? `nothing of ${service} is pinned yet`;
    return { type, status: 'False', reason: waiting?.for ?? 'NotPinned', message };
  }
  return { type, status: 'True', reason: 'Pinned', message: `a new Revision of ${service} gets no traffic by itself` };
}

function suspended(waiting: Waiting | undefined): Condition {
  const type = 'Suspended';
  if (waiting !== undefined && SUSPENDING.includes(waiting.for)) {
    return { type, status: 'True', reason: `WaitingFor${waiting.for}`, message: waiting.message };
  }
  return { type, status: 'False', reason: 'NotSuspended', message: 'nobody has to do anything' };
}
