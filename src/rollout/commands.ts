/** Heeds what a person says. A command that is about nothing that there is, is refused with an event; neither comes twice. */

import { timeText } from '../kubernetes/time.ts';
import { cut } from '../text/cut.ts';
import { LONGEST_COMMAND, parseCommand, type Verb } from './command.ts';
import type { RolloutStatus } from './status.ts';
import { TAGS } from './traffic.ts';
import {
  endUndo,
  enter,
  fail,
  finish,
  hasFailed,
  isStableGone,
  type Sight,
  seen,
  type Turn,
  tell,
  withFailed,
} from './turn.ts';

const MOST_REFUSAL = 512;

export function heed(status: RolloutStatus, turn: Turn): RolloutStatus {
  const text = turn.observed.command?.trim();
  // once it is taken away, the same may be said again
  if (text === undefined || text === '')
    return status.command === undefined ? status : { ...status, command: undefined, refusal: undefined };
  const command = cut(text, LONGEST_COMMAND + 1);
  if (command === status.command) return status;

  const heard = { ...status, command, refusal: undefined };
  const { verb, revision, problem } = parseCommand(text);
  if (problem !== undefined) return refused(heard, `${problem}`, turn);
  const subject = subjectOf(verb, status, turn);
  if (typeof subject !== 'string') return refused(heard, subject.problem, turn);
  if (revision !== undefined && subject !== '' && revision !== subject) {
    return refused(heard, `${verb} is about ${revision}, and it would be ${subject} now`, turn);
  }
  return obey(verb, subject, heard, turn);
}

function refused(status: RolloutStatus, why: string, turn: Turn): RolloutStatus {
  const refusal = cut(`"${cut(status.command ?? '', 80)}" is not heeded: ${why}`, MOST_REFUSAL);
  tell(turn, 'Warning', 'CommandRefused', refusal);
  return { ...status, refusal };
}

/** The Revision that the verb is about, '' where it is about the rollout as a whole. */
function subjectOf(verb: Verb, status: RolloutStatus, turn: Turn): string | { readonly problem: string } {
  const { candidate, previous, stable } = status;
  if (verb === 'pause' || verb === 'resume') return '';
  if (verb === 'promote' || verb === 'promote-full' || verb === 'abort') {
    return candidate?.revision ?? { problem: 'no rollout is under way' };
  }
  if (verb === 'retry') {
    const newest = turn.service.latestCreated;
    const isFailed = newest !== undefined && hasFailed(status, newest);
    return isFailed ? newest : { problem: 'the newest Revision has not failed' };
  }
  if (candidate !== undefined) return { problem: 'a rollout is under way; abort ends it' };
  if (previous === undefined || previous.revision === stable) return { problem: 'there is nothing before it' };
  const isReady = seen(turn, previous.revision)?.readiness === 'True';
  return isReady ? previous.revision : { problem: `${previous.revision} is gone, or not Ready` };
}

function obey(verb: Verb, subject: string, status: RolloutStatus, turn: Turn): RolloutStatus {
  tell(turn, 'Normal', 'Command', subject === '' ? `a person says ${verb}` : `a person says ${verb} of ${subject}`);
  switch (verb) {
    case 'promote':
      return { ...status, promoted: status.promoted ?? 'Step' };
    case 'promote-full':
      // without stable there are no steps to take
      return isStableGone(status, turn) && seen(turn, subject)?.readiness === 'True'
        ? finish(status, turn)
        : { ...status, promoted: 'Full' };
    case 'pause':
      return { ...status, isPaused: true };
    case 'resume':
      return { ...status, isPaused: false };
    case 'abort':
      return abort(status, turn);
    case 'retry':
      return { ...status, failed: status.failed.filter(({ revision }) => revision !== subject) };
    case 'undo':
      return undo(subject, status, turn);
  }
}

function abort(status: RolloutStatus, sight: Sight): RolloutStatus {
  return status.returning === 'Undo'
    ? endUndo(status, 'a person has ended the undo', sight)
    : fail(status, 'Aborted', 'a person has ended it', sight);
}

/** Where the spec cannot be read: what ends a rollout needs none of it. All else is heard once the spec is mended. */
export function heedAbort(status: RolloutStatus, sight: Sight): RolloutStatus {
  const text = sight.observed.command?.trim() ?? '';
  const { candidate } = status;
  const { verb, revision } = parseCommand(text);
  if (verb !== 'abort' || text === status.command || candidate === undefined) return status;
  if (revision !== undefined && revision !== candidate.revision) return status;
  tell(sight, 'Normal', 'Command', `a person says abort of ${candidate.revision}`);
  return abort({ ...status, command: text, refusal: undefined }, sight);
}

function undo(revision: string, status: RolloutStatus, turn: Turn): RolloutStatus {
  const { stable, previous } = status;
  if (stable === undefined || previous === undefined) return status;
  const undone = withFailed(status, stable, 'Undone', `a person went back to ${revision}`, turn);
  const pods = Math.max(previous.pods, seen(turn, stable)?.pods ?? 0);
  return {
    ...enter(undone, 'Returning', turn),
    returning: 'Undo',
    stablePods: previous.until === undefined ? pods : previous.pods,
    candidate: { revision, tag: TAGS.previous, since: timeText(turn.now), unknownSince: undefined },
    // as it was, where the old one is still in spec.traffic
    routedSince: previous.until === undefined ? undefined : status.routedSince,
  };
}
