/** What a round needs, and a test brings. */
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import type { Clock } from '../../src/kubernetes/clock.ts';
import type { PolicyException } from '../../src/policy/engine/exceptions.ts';
import type { Limits } from '../../src/policy/scaling/within.ts';
import type { Tools } from '../manager/controller.ts';
import type { Refusals } from '../minScale/refusals.ts';
import type { Turns } from '../minScale/turns.ts';
import type { ScheduleMetrics } from './metrics.ts';
import type { View } from './view.ts';

export interface Dependencies {
  readonly view: View;
  readonly clock: Clock;
  readonly enqueue: Tools['enqueue'];
  readonly record: Tools['record'];
  readonly announce: Tools['announce'];
  readonly metrics: ScheduleMetrics;
  readonly turns: Turns;
  readonly refusals: Refusals;
  /** What a Revision of the namespace may be held at. */
  limitsOf(namespace: string): Limits;
  /** By which a Revision may be held beyond them, the one that lasts longest first. */
  exceptionsIn(namespace: string): readonly PolicyException[];
  /** Where scaling is written, or the sentence that says why that is not known. */
  knative(): Knative;
}

export type Knative =
  | { readonly home: ScalingHome; readonly obstacle: undefined }
  | { readonly home: undefined; readonly obstacle: string };
