/** TrafficRollouts: that they can be read, are about something, and that nobody else moves what they move. */
import type { Rule } from '../../engine/rule.ts';
import { rolloutFirstStep } from './firstStep.ts';
import { rolloutGitTraffic } from './gitTraffic.ts';
import { rolloutIdleFreeze } from './idleFreeze.ts';
import { rolloutInvalid } from './invalid.ts';
import { rolloutLongName } from './longName.ts';
import { rolloutRolloutDuration } from './rolloutDuration.ts';
import { rolloutSameService } from './sameService.ts';
import { rolloutUnknownService } from './unknownService.ts';

export const rolloutRules: readonly Rule[] = [
  rolloutInvalid,
  rolloutFirstStep,
  rolloutIdleFreeze,
  rolloutLongName,
  rolloutUnknownService,
  rolloutSameService,
  rolloutGitTraffic,
  rolloutRolloutDuration,
];
