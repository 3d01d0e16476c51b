/** What a person says as the text of the annotation, or why there is nothing to say. Pure. */
import { stringAt } from '../../kubernetes/json.ts';
import { timeText } from '../../kubernetes/time.ts';
import { oneLine } from '../../report/safeText.ts';
import type { Verb } from '../../rollout/command.ts';
import { Failure } from '../failure.ts';
import type { Look } from './look.ts';
import { type View, viewOf } from './view.ts';

export type Asked = Exclude<Verb, 'promote-full'>;
export type Spoken = Verb;

export interface Command {
  /** `promote api-service-00002 step-1`. */
  readonly text: string;
  /** What it does not do. */
  readonly note: string | undefined;
}

/** @throws Failure where the controller would not heed it, or where it would change nothing */
export function commandOf(verb: Spoken, look: Look, now: Date): Command {
  const view = viewOf(look);
  const problem = problemOf(verb, view, look);
  if (problem !== undefined) throw new Failure(oneLine(problem));
  const { candidate = '', previous = '', step } = view;
  const time = timeText(now);
  switch (verb) {
    // said twice of one step it is heeded once
    case 'promote':
    case 'promote-full':
      return { text: once(`${verb} ${candidate} step-${step}`, view), note: noteOf(view) };
    case 'abort':
      return { text: `abort ${candidate} ${time}`, note: undefined };
    case 'undo':
      return { text: `undo ${previous} ${time}`, note: undefined };
    case 'retry':
      return { text: `retry ${newestOf(look) ?? ''} ${time}`, note: undefined };
    case 'pause':
    case 'resume':
      return { text: `${verb} ${time}`, note: resumeNote(verb, view) };
  }
}

/** Reasons of Ready with which nothing moves until somebody mends something: no command is heeded meanwhile, but for abort. */
const UNHEARD = ['InvalidSpec', 'Contested', 'KnativeVersionUnknown'];

function problemOf(verb: Spoken, view: View, look: Look): string | undefined {
  const { name, service, phase, gitOwner } = view;
  if (look.service === undefined) return `there is no Service ${service} of Knative, which ${name} is about`;
  if (gitOwner !== undefined) {
    return `${gitOwner} writes spec.traffic of the Service ${service}, so that nothing moves and nobody is heard; leave spec.traffic out there, and the rollout goes on`;
  }
  if (UNHEARD.includes(view.reason) && !endsUnreadable(verb, view)) {
    return `${name} hears nobody: ${view.message}`;
  }
  if (phase === undefined)
    return `no controller has looked at ${name} yet, so that there is nothing to ${verb}; weir controller does`;
  switch (verb) {
    case 'promote':
    case 'promote-full':
      return nothingToPromote(view) ?? shut(verb, view);
    case 'abort':
      return view.candidate === undefined
        ? `nothing of ${name} is under way, so that there is nothing to abort${undoHint(view)}`
        : undefined;
    case 'undo':
      return nothingToUndo(view);
    case 'retry':
      return nothingToRetry(view, look);
    case 'pause':
      return view.isPaused ? `${name} is paused already; weir rollout resume ${name} lets it go on` : undefined;
    case 'resume':
      return nothingToResume(view);
  }
}

/** What ends a rollout needs no spec. */
function endsUnreadable(verb: Spoken, { reason, candidate }: View): boolean {
  return verb === 'abort' && reason === 'InvalidSpec' && candidate !== undefined;
}

function nothingToPromote({ name, candidate, phase, stable, failed }: View): string | undefined {
  if (candidate !== undefined) return undefined;
  if (phase === 'Failed') {
    return `there is nothing to promote: ${failed.at(-1)?.revision ?? 'the newest Revision'} has failed; weir rollout retry ${name} tries it again`;
  }
  return stable === undefined
    ? `there is nothing to promote: no Revision of ${name} is Ready yet`
    : `there is nothing to promote: ${stable} is the newest Revision, and has everything`;
}

/** What a promotion does not pass: it would be heeded, and nothing would come of it. */
function shut(verb: Spoken, { name, waiting, analysis }: View): string | undefined {
  switch (waiting?.for) {
    case 'Freeze':
      return `${name} is frozen: ${waiting.message}; nobody promotes through a freeze`;
    case 'Resume':
    case 'RolloutDuration':
      return `${name} cannot be promoted: ${waiting.message}`;
    case 'Analysis':
      if (verb === 'promote-full' || analysis === undefined || analysis.failures === 0) return undefined;
      return `${name} cannot be promoted: ${waiting.message}; promote --full goes on all the same`;
    case 'Stable':
      return verb === 'promote-full' ? undefined : `${name} cannot be promoted: ${waiting.message} (promote --full)`;
    default:
      return undefined;
  }
}

/** The controller would not heed the same text again. */
function once(text: string, { name, command, waiting }: View): string {
  if (text !== command) return text;
  const why = waiting === undefined ? '' : `; it waits: ${waiting.message}`;
  throw new Failure(oneLine(`${name} has been promoted in this step already${why}`));
}

/** What a promotion waits for all the same. */
function noteOf({ waiting }: View): string | undefined {
  const waits = ['Route', 'Revision', 'SmokeTest', 'Pods', 'Rival'];
  if (waiting === undefined || !waits.includes(waiting.for)) return undefined;
  return `it still waits: ${waiting.message}`;
}

function nothingToUndo({ name, candidate, previous, stable }: View): string | undefined {
  if (candidate !== undefined)
    return `${candidate} is under way; weir rollout abort ${name} gives everything back to ${stable ?? 'stable'}`;
  if (previous === undefined || previous === stable)
    return `there is nothing to undo: nothing was stable before ${stable ?? 'now'}`;
  return undefined;
}

function undoHint({ name, previous }: View): string {
  return previous === undefined ? '' : `; weir rollout undo ${name} goes back to ${previous}`;
}

function nothingToRetry({ failed }: View, look: Look): string | undefined {
  const newest = newestOf(look);
  if (failed.some(({ revision }) => revision === newest)) return undefined;
  return `there is nothing to retry: ${newest ?? 'the newest Revision'} has not failed`;
}

function nothingToResume({ name, isPaused, isPausedBySpec }: View): string | undefined {
  if (isPaused) return undefined;
  return isPausedBySpec
    ? `${name} is paused by spec.paused, which whoever writes the TrafficRollout has to take out: in Git, where it comes from there`
    : `${name} is not paused`;
}

function resumeNote(verb: Spoken, { isPausedBySpec }: View): string | undefined {
  return verb === 'resume' && isPausedBySpec
    ? 'spec.paused is true as well, and no step is taken as long as it is'
    : undefined;
}

function newestOf({ service }: Look): string | undefined {
  return stringAt(service, 'status', 'latestCreatedRevisionName');
}
