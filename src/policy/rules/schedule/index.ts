/** ScalingSchedules: that they can be read, change something, and ask for what may be had. */
import type { Rule } from '../../engine/rule.ts';
import { scheduleAboveTarget } from './aboveTarget.ts';
import { scheduleBounds } from './bounds.ts';
import { scheduleHoldsNothing } from './holdsNothing.ts';
import { scheduleIdleWindow } from './idleWindow.ts';
import { scheduleInvalid } from './invalid.ts';
import { scheduleOverlap } from './overlap.ts';
import { scheduleSamePriority } from './samePriority.ts';
import { scheduleUnknownTarget } from './unknownTarget.ts';

export const scheduleRules: readonly Rule[] = [
  scheduleInvalid,
  scheduleIdleWindow,
  scheduleHoldsNothing,
  scheduleOverlap,
  scheduleBounds,
  scheduleAboveTarget,
  scheduleUnknownTarget,
  scheduleSamePriority,
];
