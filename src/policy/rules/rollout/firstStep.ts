import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { stagesOf } from '../../../rollout/stages.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, together } from './examples.ts';
import { rolloutOf } from './read.ts';

/** A blueGreen has no share but all of it, and its preview for what a first step is for. */
export const rolloutFirstStep = defineRule({
  id: 'rollout/first-step',
  title: 'the first step of a rollout is as small as the environment asks',
  why: 'What nobody has tried under real traffic meets the share of the first step, and nothing smaller would have shown it.',
  howToFix: 'Begin with a smaller `percent`.',
  kinds: [trafficRollout],
  action: 'deny',
  examples: {
    bad: together(aRollout({ steps: '[{percent: 80, pause: 5m}]' })),
    good: together(aRollout()),
  },

  judge({ object }, { policy }) {
    const largest = policy.serving?.progressive?.largestFirstStep;
    const rollout = rolloutOf(object);
    if (largest === undefined || rollout?.strategy.type !== 'canary') return [];
    const first = stagesOf(rollout)[0]?.percent ?? 0;
    if (first <= largest) return [];
    const message = `the first step gives a new Revision ${first} %, and ${policy.name} allows at most ${largest} %`;
    return [{ path: '/spec/strategy/canary/steps/0/percent', message }];
  },
});
