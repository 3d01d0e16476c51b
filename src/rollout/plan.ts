/** What a rollout will do when, and what it costs in pods, if everything goes well: for `weir rollout plan`. */
import { frozenAt } from './freeze.ts';
import type { Freeze, Pause, Surge, TrafficRollout } from './model.ts';
import { keepOldOf, pauseAt, stagesOf } from './stages.ts';

export interface PlannedStep {
  /** At the earliest; undefined after a step that a person ends. */
  readonly at: Date | undefined;
  /** The candidate's share from then on. */
  readonly percent: number;
  readonly pause: Pause;
  /** Ready pods that it has to have for it. */
  readonly candidatePods: number;
  /** Beside stable's, which are held. */
  readonly pods: number;
  /** Where a freeze put it off. */
  readonly frozen: string | undefined;
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** When stable's claim and the old Revision's pods are gone; undefined where a person has to say something before. */
  readonly end: Date | undefined;
  /** The most pods at once. */
  readonly mostPods: number;
  /** Beyond stable's own, in hours of one pod; without the time that people take. */
  readonly extraPodHours: number;
}

export interface Given {
  /** When the new Revision is Ready. */
  readonly from: Date;
  /** Stable's. */
  readonly pods: number;
  /** The autoscaler's, in milliseconds. */
  readonly stableWindow: number;
  /** Of the policy, beside the rollout's own. */
  readonly freezes: readonly Freeze[];
  readonly mostPods: number | undefined;
}

const HOUR = 3_600_000;

export function plan(rollout: TrafficRollout, given: Given): Plan {
  const stages = stagesOf(rollout);
  const { pods } = given;
  const steps: PlannedStep[] = [
    { at: given.from, percent: 0, pause: pauseAt(rollout, 0), candidatePods: 0, pods, frozen: undefined },
  ];
  let podTime = 0;
  for (const stage of stages) {
    const before = steps.at(-1);
    const earliest = earliestAfter(before?.at, before?.percent ?? 0, rollout);
    const { at, frozen } = outsideFreezes(earliest, rollout, given);
    const candidatePods = podsAt(stage.percent, rollout.maxSurge, given);
    if (before?.at !== undefined && at !== undefined)
      podTime += (at.getTime() - before.at.getTime()) * before.candidatePods;
    steps.push({ at, percent: stage.percent, pause: stage.pause, candidatePods, pods: pods + candidatePods, frozen });
  }

  const last = steps.at(-1);
  const rest = Math.max(given.stableWindow, keepOldOf(rollout));
  const lastPause = stages.at(-1)?.pause ?? 0;
  podTime += (last?.candidatePods ?? 0) * (rest + (lastPause === 'person' ? 0 : lastPause));
  return {
    steps,
    end: last?.at === undefined || lastPause === 'person' ? undefined : new Date(last.at.getTime() + lastPause + rest),
    mostPods: Math.max(...steps.map((step) => step.pods)),
    extraPodHours: podTime / HOUR,
  };
}

/** A pause, or the one interval that has to be over, whichever is longer. */
function earliestAfter(at: Date | undefined, percent: number, rollout: TrafficRollout): Date | undefined {
  const pause = pauseAt(rollout, percent);
  if (at === undefined || pause === 'person') return undefined;
  return new Date(at.getTime() + Math.max(pause, rollout.analysis?.interval ?? 0));
}

/** Freezes that follow on one another without a gap, up to so many. */
const MOST_FREEZES = 100;

function outsideFreezes(
  earliest: Date | undefined,
  { freeze }: TrafficRollout,
  { freezes }: Given,
): { readonly at: Date | undefined; readonly frozen: string | undefined } {
  let at = earliest;
  let name: string | undefined;
  for (let tried = 0; at !== undefined && tried < MOST_FREEZES; tried++) {
    const frozen = frozenAt([freeze, ...freezes], at);
    if (frozen === undefined) break;
    name = frozen.name;
    at = frozen.until;
  }
  return { at, frozen: name };
}

function podsAt(percent: number, surge: Surge, { pods, mostPods }: Given): number {
  const most = 'pods' in surge ? surge.pods : Math.ceil((pods * surge.percent) / 100);
  return Math.min(Math.ceil((pods * percent) / 100), most, mostPods ?? Number.POSITIVE_INFINITY);
}
