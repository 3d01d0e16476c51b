/** A strategy as one list of shares: what a canary and blueGreen have in common. */
import type { Pause, TrafficRollout } from './model.ts';
import { TAGS } from './traffic.ts';

export interface Stage {
  readonly percent: number;
  readonly pause: Pause;
}

/** The shares one after the other; the last one is all of it. */
export function stagesOf({ strategy }: TrafficRollout): readonly Stage[] {
  if (strategy.type === 'blueGreen') return [WHOLE];
  return strategy.steps.at(-1)?.percent === 100 ? strategy.steps : [...strategy.steps, WHOLE];
}

const WHOLE: Stage = { percent: 100, pause: 0 };

/**
 * How long it stays as it is with such a share: as long as the stage of it says, or of the nearest smaller one. Without
 * one, a canary does not wait and a preview does.
 */
export function pauseAt(rollout: TrafficRollout, weight: number): Pause {
  if (weight === 0) return rollout.strategy.type === 'blueGreen' ? rollout.strategy.autoPromoteAfter : 0;
  return stagesOf(rollout)[passedAt(rollout, weight) - 1]?.pause ?? 0;
}

/** How many stages have no more than such a share; what counts is the share, since Git may write other steps meanwhile. */
export function passedAt(rollout: TrafficRollout, weight: number): number {
  return stagesOf(rollout).filter(({ percent }) => percent <= weight).length;
}

/** The share that comes after such a one, always a larger one; undefined where there is none. */
export function nextStage(rollout: TrafficRollout, weight: number): Stage | undefined {
  return stagesOf(rollout).find(({ percent }) => percent > weight);
}

/** Where the next share is the end: there, the candidate becomes stable. */
export function isLast(rollout: TrafficRollout, weight: number): boolean {
  const next = nextStage(rollout, weight);
  return next === undefined || (next.percent === 100 && next.pause === 0);
}

export function tagOf({ strategy }: TrafficRollout): string {
  return strategy.type === 'blueGreen' ? TAGS.preview : TAGS.candidate;
}

export function keepOldOf({ strategy }: TrafficRollout): number {
  return strategy.type === 'blueGreen' ? strategy.keepOld : 0;
}
