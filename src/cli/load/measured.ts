/** A load as it stands at one moment, or at its end. */
import type { LoopState } from './openLoop.ts';
import type { Plan } from './options.ts';
import type { Seconds, Tally } from './tally.ts';

export interface Measured {
  /** As it was given. */
  readonly url: string;
  readonly plan: Plan;
  /** The header by which answers are counted. */
  readonly by: string;
  readonly tally: Tally;
  readonly seconds: Seconds;
  readonly loop: LoopState;
  /** Since it began. */
  readonly elapsedMs: number;
}
