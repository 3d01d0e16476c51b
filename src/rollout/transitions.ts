/** One move from one phase to another, or none: by levels alone, so that it may be asked again at any time. */

import { timeText } from '../kubernetes/time.ts';
import { adopt } from './adopt.ts';
import { judge } from './analysis.ts';
import { isWarm } from './claims.ts';
import { type Gate, gate, goesLive, isBackShut } from './gates.ts';
import { intervalStart } from './intervals.ts';
import { lose, saidOf, whyLost } from './readiness.ts';
import { isLast, nextStage, tagOf } from './stages.ts';
import type { Candidate, RolloutStatus } from './status.ts';
import {
  begin,
  elapsed,
  end,
  enter,
  fail,
  finish,
  hasFailed,
  isStableGone,
  seen,
  since,
  type Turn,
  tell,
} from './turn.ts';

/** The status after the move; the very same object where nothing moves. */
export function move(status: RolloutStatus, turn: Turn): RolloutStatus {
  if (status.stable === undefined || status.phase === 'Waiting') return adopt(status, turn);
  if (isStableGone(status, turn)) {
    // a person has said by hand what serves instead
    const adopted = adopt(status, turn);
    if (adopted !== status) return adopted;
  }
  const newest = meetNewest(status, turn);
  if (newest !== status) return newest;
  if (isOfAnotherStrategy(status, turn)) return begin(status, status.candidate.revision, turn);
  switch (status.phase) {
    case 'Starting':
      return start(status, turn);
    case 'Checking':
    case 'Warming':
    case 'Progressing':
      return goOn(status, turn);
    case 'Returning':
      return goBack(status, turn);
    case 'Healthy':
    case 'Failed':
      return rest(status, turn);
  }
}

/** The newest Revision is the candidate, unless it is stable, or has failed. */
function meetNewest(status: RolloutStatus, turn: Turn): RolloutStatus {
  const newest = turn.service.latestCreated;
  const { candidate, stable } = status;
  // a person's undo is finished first; and what is not in sight yet is not known to be another
  if (newest === undefined || status.returning === 'Undo' || newest === candidate?.revision) return status;
  if (newest === stable || hasFailed(status, newest)) {
    const said = lastOfFailed(status, newest);
    if (said !== status) return said;
    const phase = newest === stable ? 'Healthy' : 'Failed';
    if (candidate !== undefined) {
      tell(
        turn,
        'Normal',
        'Superseded',
        `${newest} is the newest again, and ${candidate.revision} is no candidate any more`,
      );
      return end(status, phase, turn);
    }
    return status.phase === phase ? status : enter(status, phase, turn);
  }
  return seen(turn, newest) === undefined ? status : begin(status, newest, turn);
}

/** The failure of the newest is the one that is told: another may have been undone since. */
function lastOfFailed(status: RolloutStatus, newest: string): RolloutStatus {
  const { failed } = status;
  const own = failed.find(({ revision }) => revision === newest);
  if (own === undefined || own === failed.at(-1)) return status;
  return { ...status, failed: [...failed.filter((each) => each !== own), own] };
}

/** What a canary has passed says nothing about a preview, nor the other way round. */
function isOfAnotherStrategy(
  status: RolloutStatus,
  { rollout }: Turn,
): status is RolloutStatus & { readonly candidate: Candidate } {
  return status.candidate !== undefined && status.returning === undefined && status.candidate.tag !== tagOf(rollout);
}

function start(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { candidate, stable } = status;
  const revision = seen(turn, candidate?.revision);
  if (revision?.readiness === 'True') {
    if (goesLive(status, turn)) return goLive(status, turn);
    const isSame = revision.fingerprint === seen(turn, stable)?.fingerprint;
    if (!isSame) return enter(status, 'Checking', turn);
    tell(turn, 'Normal', 'SameAsStable', `${candidate?.revision} runs what ${stable} runs, and needs no steps`);
    return { ...enter(status, 'Returning', turn), returning: 'Git' };
  }
  if (elapsed(turn, candidate?.since) < turn.rollout.progressDeadline) return status;
  const why = revision === undefined ? 'it is gone' : saidOf(status, turn);
  return fail(status, 'NotReady', `it was not Ready in time: ${why}`, turn);
}

/** As the first one ever: there is nothing to go back to, and nothing good that it would take requests from. */
function goLive(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { candidate, stable } = status;
  tell(turn, 'Warning', 'StableGone', `${stable} is gone: ${candidate?.revision} goes live at once, without steps`);
  return finish(status, turn);
}

/** With its share, or on the way to the next. */
function goOn(status: RolloutStatus, turn: Turn): RolloutStatus {
  const lost = whyLost(status, turn);
  if (lost !== undefined) return lose(status, lost, turn);
  const judged = analyse(status, turn);
  if (judged !== status) return judged;
  const tested = smokeTest(status, turn);
  if (tested !== status) return tested;

  const shut = gate(status, turn);
  if (status.phase !== 'Warming') return shut === undefined ? enter(status, 'Warming', turn) : status;
  // whatever shut it takes its time: the deadline of the warm-up begins anew
  if (shut !== undefined && !isVerdictAwaited(status, shut)) {
    return enter(status, status.step === 0 ? 'Checking' : 'Progressing', turn);
  }
  if (isWarm(status, turn.rollout, turn.observed)) {
    return shut === undefined ? takeStep(status, turn) : wait(status, turn);
  }
  if (elapsed(turn, status.since) < turn.rollout.progressDeadline) return status;
  return fail(status, 'NotWarm', 'its pods for the next step did not come up in time', turn);
}

/** Nothing bad is known: pods that come up are kept until somebody says how the last interval was. */
function isVerdictAwaited({ analysis }: RolloutStatus, shut: Gate): boolean {
  return shut.for === 'Analysis' && (analysis?.failures ?? 0) === 0;
}

/** With its pods there; those that go meanwhile have time to come again. */
function wait(status: RolloutStatus, turn: Turn): RolloutStatus {
  const isLong = elapsed(turn, status.since) >= turn.rollout.progressDeadline / 2;
  return isLong ? enter(status, 'Warming', turn) : status;
}

function takeStep(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { rollout } = turn;
  const next = nextStage(rollout, status.weight);
  if (next === undefined || isLast(rollout, status.weight)) return finish(status, turn);
  const { candidate, step } = status;
  tell(turn, 'Normal', 'Step', `step ${step + 1}: ${candidate?.revision} has ${next.percent} % of the traffic`);
  return {
    ...enter(status, 'Progressing', turn),
    step: step + 1,
    weight: next.percent,
    analysis: undefined,
    promoted: status.promoted === 'Full' ? 'Full' : undefined,
  };
}

/** An interval counts once: it begins where the one before it ended, or where the Route took the step. */
function analyse(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { rollout, observed, now } = turn;
  const { routedSince, candidate, analysis } = status;
  const result = observed.analysis;
  if (rollout.analysis === undefined || routedSince === undefined || result === undefined) return status;
  if (result.revision !== candidate?.revision || result.from < intervalStart(status)) return status;
  if (result.to > now.getTime() || result.to <= result.from) return status;

  const { verdict, isAnswered, message } = judge(rollout.analysis, result);
  // neither counts nor resets
  const failures = verdict === 'Passed' ? 0 : (analysis?.failures ?? 0) + (verdict === 'Failed' ? 1 : 0);
  const judged: RolloutStatus = {
    ...status,
    analysis: { at: timeText(new Date(result.to)), failures, isAnswered, verdict, message },
  };
  const isTooMuch = failures >= rollout.analysis.failureLimit && !goesPastFailures(judged, turn);
  if (isTooMuch) return fail(judged, 'AnalysisFailed', message, turn);
  if (verdict !== analysis?.verdict) {
    tell(turn, verdict === 'Failed' ? 'Warning' : 'Normal', `Analysis${verdict}`, message);
  }
  return judged;
}

/** A person has said so, and nothing but its pods keeps it from its next share: else it would fail on for as long as that lasts. */
function goesPastFailures(status: RolloutStatus, turn: Turn): boolean {
  return status.promoted === 'Full' && gate(status, turn) === undefined;
}

function smokeTest(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { strategy } = turn.rollout;
  const result = turn.observed.smokeTest;
  const isAsked = strategy.type === 'blueGreen' && strategy.smokeTest !== undefined && !status.isSmokeTested;
  if (!isAsked || status.routedSince === undefined || result?.revision !== status.candidate?.revision) return status;
  if (result?.outcome === 'failed') return fail(status, 'SmokeTestFailed', result.message, turn);
  if (result?.outcome !== 'passed') return status;
  tell(turn, 'Normal', 'SmokeTestPassed', result.message);
  return { ...status, isSmokeTested: true };
}

/** Warmed, then pinned without steps. What a person undoes does not wait for long: what serves now is the worse. */
function goBack(status: RolloutStatus, turn: Turn): RolloutStatus {
  const lost = whyLost(status, turn);
  if (lost !== undefined) return lose(status, lost, turn);
  if (isBackShut(status, turn) || seen(turn, status.candidate?.revision)?.readiness !== 'True') return status;
  // no Route takes what is written meanwhile, and nobody answers
  if (isStableGone(status, turn)) return finish(status, turn);
  if (status.routedSince === undefined) return status;
  // as before any share, nobody passes the warm-up
  if (isWarm(status, turn.rollout, turn.observed)) return finish(status, turn);
  if (elapsed(turn, status.since) < turn.rollout.progressDeadline) return status;
  return status.returning === 'Undo'
    ? finish(status, turn)
    : fail(status, 'NotWarm', 'its pods did not come up in time', turn);
}

/** Claims go one stable window after the Route did what was asked; what was kept for `undo` leaves traffic in time. */
function rest(status: RolloutStatus, turn: Turn): RolloutStatus {
  const { stablePods, routedSince, previous } = status;
  // one that is gone no Route takes
  const isOver = turn.now.getTime() >= since(previous?.until) || seen(turn, previous?.revision) === undefined;
  if (previous?.until !== undefined && isOver) {
    return { ...status, previous: { ...previous, until: undefined } };
  }
  const isReleased = routedSince !== undefined && elapsed(turn, routedSince) >= turn.observed.stableWindow;
  return stablePods !== undefined && isReleased ? { ...status, stablePods: undefined } : status;
}
