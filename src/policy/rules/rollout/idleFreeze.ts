import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { idleWindows } from '../../../schedule/faults.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, together } from './examples.ts';
import { rolloutOf } from './read.ts';

export const rolloutIdleFreeze = defineRule({
  id: 'rollout/idle-freeze',
  title: 'freezes begin and end',
  why: 'A freeze that always holds stops every rollout for good, and one that never holds protects no weekend.',
  howToFix: 'Give the window an end that is not its start; `paused: true` is for what should stand still.',
  kinds: [trafficRollout],
  action: 'deny',
  examples: {
    bad: together(
      aRollout({
        more: `  freeze:
    timeZone: Europe/Lisbon
    windows: [{name: always, start: "0 8 * * *", duration: 24h}]
`,
      }),
    ),
    good: together(
      aRollout({
        more: `  freeze:
    timeZone: Europe/Lisbon
    windows: [{name: weekend, start: "0 12 * * 5", end: "0 6 * * 1"}]
`,
      }),
    ),
  },

  judge({ object }, { now }) {
    const freeze = rolloutOf(object)?.freeze;
    if (freeze === undefined) return [];
    return idleWindows(freeze.schedule, now).map(({ path, message }) => {
      return {
        path: path.replace('/spec/', '/spec/freeze/'),
        message: message.replace(/; use default .*$/, '; paused: true would say so'),
      };
    });
  },
});
