/**
 * What a rollout remembers, in the words of its status. It is the intent: written first, and everything else (claims,
 * spec.traffic) follows from it, so that a controller that dies between two writes goes on where it was.
 *
 * Times are RFC 3339 in whole seconds, as Kubernetes writes them.
 */
import { arrayAt, booleanAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../kubernetes/json.ts';

export const PHASES = [
  /** No Revision is pinned: none was ever Ready, or the traffic that is there is not ours to take. */
  'Waiting',
  /** Stable has everything, and there is nothing newer. */
  'Healthy',
  /** A newer Revision is not Ready yet. */
  'Starting',
  /** The candidate stands under its tag, without a share. */
  'Checking',
  /** Pods come up for the next share. */
  'Warming',
  /** The candidate has the share of its step. */
  'Progressing',
  /** Stable's own spec again, or what was there before: warmed, then pinned without steps. */
  'Returning',
  /** Stable has everything, since the newest Revision has failed. */
  'Failed',
] as const;
export type Phase = (typeof PHASES)[number];

export interface Candidate {
  readonly revision: string;
  /** In traffic. */
  readonly tag: string;
  /** Since when it is known. */
  readonly since: string;
  /** Since when Knative does not say whether it is Ready, after it was; absent where it says so. */
  readonly unknownSince: string | undefined;
}

export interface Previous {
  readonly revision: string;
  /** Ready ones that it is kept at until then. */
  readonly pods: number;
  /** Until when it stays in spec.traffic; absent where it has left it. */
  readonly until: string | undefined;
}

export interface Failed {
  readonly revision: string;
  readonly reason: string;
  readonly message: string;
  readonly at: string;
}

export interface AnalysisStatus {
  /** The end of the last interval that was judged. */
  readonly at: string;
  /** Failed intervals in a row. */
  readonly failures: number;
  /** There is somebody who answers. */
  readonly isAnswered: boolean;
  readonly verdict: 'Passed' | 'Failed' | 'Inconclusive';
  readonly message: string;
}

export interface Claim {
  readonly revision: string;
  readonly minScale: number;
}

export interface RolloutStatus {
  readonly serviceUid: string | undefined;
  /** The largest that was seen: a cache that is late says less. */
  readonly serviceGeneration: number;
  readonly phase: Phase;
  /** Since when. */
  readonly since: string;
  readonly stable: string | undefined;
  /** Stable's ready ones from before the first step: its min-scale for as long as the rollout takes. */
  readonly stablePods: number | undefined;
  readonly candidate: Candidate | undefined;
  readonly returning: 'Git' | 'Undo' | undefined;
  /** Steps that were taken; 0 before the first. */
  readonly step: number;
  /** The candidate's share. */
  readonly weight: number;
  /** Since when the Route does what spec.traffic says. */
  readonly routedSince: string | undefined;
  /** After a failure: the Route has sent stable everything since, whatever was done to spec.traffic after that. */
  readonly isWayBackDone: boolean;
  readonly analysis: AnalysisStatus | undefined;
  readonly isSmokeTested: boolean;
  readonly promoted: 'Step' | 'Full' | undefined;
  readonly isPaused: boolean;
  /** The last one that was heeded or refused. */
  readonly command: string | undefined;
  /** Why that one was refused; absent where it was heeded. */
  readonly refusal: string | undefined;
  readonly previous: Previous | undefined;
  readonly failed: readonly Failed[];
  readonly claims: readonly Claim[];
}

/** Of one Service whose traffic nobody has looked at yet. */
export function freshStatus(since: string, serviceUid?: string): RolloutStatus {
  return {
    serviceUid,
    serviceGeneration: 0,
    phase: 'Waiting',
    since,
    stable: undefined,
    stablePods: undefined,
    candidate: undefined,
    returning: undefined,
    step: 0,
    weight: 0,
    routedSince: undefined,
    isWayBackDone: false,
    analysis: undefined,
    isSmokeTested: false,
    promoted: undefined,
    isPaused: false,
    command: undefined,
    refusal: undefined,
    previous: undefined,
    failed: [],
    claims: [],
  };
}

/** How many failed Revisions are remembered: only the newest Revision is ever tried. */
export const MOST_FAILED = 20;

/** Reads `status` of a TrafficRollout, of any shape; undefined where there is none that says anything. */
export function readStatus(object: JsonObject): RolloutStatus | undefined {
  const status = objectAt(object, 'status');
  const phase = PHASES.find((each) => each === stringAt(status, 'phase'));
  const since = timeAt(status, 'since');
  if (status === undefined || phase === undefined || since === undefined) return undefined;
  const stable = stringAt(status, 'stable');
  const candidate = readCandidate(objectAt(status, 'candidate'));
  const returning = stringAt(status, 'returning');
  const promoted = stringAt(status, 'promoted');
  return {
    serviceUid: stringAt(status, 'serviceUid'),
    serviceGeneration: countAt(status, 'serviceGeneration') ?? 0,
    phase: isWhole(phase, stable, candidate) ? phase : 'Waiting',
    since,
    stable,
    stablePods: countAt(status, 'stablePods'),
    candidate,
    returning: returning === 'Git' || returning === 'Undo' ? returning : undefined,
    step: countAt(status, 'step') ?? 0,
    weight: candidate === undefined ? 0 : Math.min(100, countAt(status, 'weight') ?? 0),
    routedSince: timeAt(status, 'routedSince'),
    isWayBackDone: booleanAt(status, 'wayBackDone') ?? false,
    analysis: readAnalysisStatus(objectAt(status, 'analysis')),
    isSmokeTested: booleanAt(status, 'smokeTested') ?? false,
    promoted: promoted === 'Step' || promoted === 'Full' ? promoted : undefined,
    isPaused: booleanAt(status, 'paused') ?? false,
    command: stringAt(status, 'command'),
    refusal: stringAt(status, 'refusal'),
    previous: readPrevious(objectAt(status, 'previous')),
    failed: arrayAt(status, 'failed').filter(isObject).flatMap(readFailed),
    claims: arrayAt(status, 'claims').filter(isObject).flatMap(readClaim),
  };
}

/** A status that somebody else has cut holes into is begun anew from what is in spec.traffic. */
function isWhole(phase: Phase, stable: string | undefined, candidate: Candidate | undefined): boolean {
  if (phase === 'Waiting') return true;
  if (stable === undefined) return false;
  return phase === 'Healthy' || phase === 'Failed' || candidate !== undefined;
}

function readCandidate(value: JsonObject | undefined): Candidate | undefined {
  const [revision, tag, since] = [stringAt(value, 'revision'), stringAt(value, 'tag'), timeAt(value, 'since')];
  if (revision === undefined || tag === undefined || since === undefined) return undefined;
  return { revision, tag, since, unknownSince: timeAt(value, 'unknownSince') };
}

function readPrevious(value: JsonObject | undefined): Previous | undefined {
  const revision = stringAt(value, 'revision');
  if (revision === undefined) return undefined;
  return { revision, pods: countAt(value, 'pods') ?? 0, until: timeAt(value, 'until') };
}

function readFailed(value: JsonObject): Failed[] {
  const [revision, at] = [stringAt(value, 'revision'), timeAt(value, 'at')];
  if (revision === undefined || at === undefined) return [];
  return [{ revision, reason: stringAt(value, 'reason') ?? '', message: stringAt(value, 'message') ?? '', at }];
}

function readClaim(value: JsonObject): Claim[] {
  const [revision, minScale] = [stringAt(value, 'revision'), countAt(value, 'minScale')];
  return revision === undefined || minScale === undefined ? [] : [{ revision, minScale }];
}

const VERDICTS = ['Passed', 'Failed', 'Inconclusive'] as const;

function readAnalysisStatus(value: JsonObject | undefined): AnalysisStatus | undefined {
  const at = timeAt(value, 'at');
  const verdict = VERDICTS.find((each) => each === stringAt(value, 'verdict'));
  if (at === undefined || verdict === undefined) return undefined;
  return {
    at,
    failures: countAt(value, 'failures') ?? 0,
    isAnswered: booleanAt(value, 'answered') ?? false,
    verdict,
    message: stringAt(value, 'message') ?? '',
  };
}

function timeAt(value: JsonObject | undefined, key: string): string | undefined {
  const text = stringAt(value, key);
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
}

function countAt(value: JsonObject | undefined, key: string): number | undefined {
  const count = numberAt(value, key);
  return count !== undefined && Number.isInteger(count) && count >= 0 ? count : undefined;
}

/** As it is written, without conditions: what is undefined, false or empty is left out. */
export function statusJson(status: RolloutStatus): JsonObject {
  const { isWayBackDone, isSmokeTested, isPaused, analysis, candidate, previous, failed, claims, ...rest } = status;
  return compact({
    ...rest,
    wayBackDone: isWayBackDone || undefined,
    smokeTested: isSmokeTested || undefined,
    paused: isPaused || undefined,
    candidate: candidate && compact({ ...candidate }),
    previous: previous && compact({ ...previous }),
    analysis: analysis && {
      at: analysis.at,
      failures: analysis.failures,
      answered: analysis.isAnswered,
      verdict: analysis.verdict,
      message: analysis.message,
    },
    failed: failed.length === 0 ? undefined : failed.map((each) => ({ ...each })),
    claims: claims.length === 0 ? undefined : claims.map((each) => ({ ...each })),
  });
}

function compact(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
