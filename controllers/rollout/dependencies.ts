/** What a round needs, and a test brings. */
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { Limits } from '../../src/policy/scaling/within.ts';
import type { Freeze } from '../../src/rollout/model.ts';
import type { IntervalResult, SmokeResult } from '../../src/rollout/observed.ts';
import type { Tools } from '../manager/controller.ts';
import type { Knative } from '../schedule/dependencies.ts';
import type { Hands } from './claims.ts';
import type { InBackground } from './inBackground.ts';
import type { MeasureInterval } from './measure/source.ts';
import type { RolloutMetrics } from './metrics.ts';
import type { Rivals } from './rivals.ts';

export interface Dependencies extends Hands {
  readonly clock: Clock;
  readonly record: Tools['record'];
  readonly announce: Tools['announce'];
  readonly metrics: RolloutMetrics;
  readonly rivals: Rivals;
  readonly measure: MeasureInterval;
  readonly measurements: InBackground<IntervalResult>;
  readonly smokeTests: InBackground<SmokeResult>;
  /** What a Revision of the namespace may be held at. */
  limitsOf(namespace: string): Limits;
  /** When the environment of the namespace lets no rollout take a step. */
  freezesOf(namespace: string): readonly Freeze[];
  /** Where scaling is written, or the sentence that says why that is not known. */
  knative(): Knative;
}
