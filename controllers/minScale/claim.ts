/** Who wants a Revision held at a value, and who of several gets it. */
import type { Scale } from '../../src/schedule/model.ts';

export interface Claim {
  /** Who wants it, in the Revision's namespace: `ScalingSchedule/business-hours`. */
  readonly holder: string;
  /** The highest counts. */
  readonly priority: number;
  readonly scale: Scale;
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
