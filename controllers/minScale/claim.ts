/** Who wants a Revision held at a value, and who of several gets it. */
import type { Scale } from '../../src/schedule/model.ts';

export interface Claim {
  /** Who wants it, in the Revision's namespace: `ScalingSchedule/business-hours`. */
  readonly holder: string;
  /** The highest counts. */
  readonly priority: number;
  readonly scale: Scale;
}

/** What a rollout needs of a Revision, whatever else is wanted of it: it is no contest, since the larger value does for both. */
export interface Floor {
  /** `TrafficRollout/api-service`. */
  readonly holder: string;
  readonly minScale: number;
}

/** The scale with at least so many: a bound below the floor would cut it. */
export function atLeast(scale: Scale, floor: Floor | undefined): Scale {
  if (floor === undefined) return scale;
  const minScale = Math.max(scale.minScale ?? -1, floor.minScale);
  // Knative's 0 is no bound
  if (!scale.maxScale) return { ...scale, minScale };
  return { ...scale, minScale, maxScale: Math.max(scale.maxScale, floor.minScale) };
}

/**
 * The claim that counts: the highest priority, then the larger min-scale, then the first name, so that everybody who asks
 * gets the same answer.
 */
export function winnerOf<Each extends Claim>(claims: readonly Each[]): Each | undefined {
  let winner: Each | undefined;
  for (const claim of claims) if (winner === undefined || beats(claim, winner)) winner = claim;
  return winner;
}

function beats(one: Claim, other: Claim): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  // a claim without a min-scale leaves it to the author: anything that is asked for is more
  const [mine, theirs] = [one.scale.minScale ?? -1, other.scale.minScale ?? -1];
  if (mine !== theirs) return mine > theirs;
  return one.holder < other.holder;
}
