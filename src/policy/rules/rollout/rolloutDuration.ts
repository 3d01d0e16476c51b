import { parseDuration } from '../../../knative/duration.ts';
import { objectAt, stringAt } from '../../../kubernetes/json.ts';
import { knativeService } from '../../../kubernetes/kinds.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule } from '../../engine/rule.ts';
import { ROLLOUT_DURATION } from '../serving/rolloutDuration.ts';
import { aRollout, aService, together } from './examples.ts';
import { rolloutsFor, titleOfRollout } from './read.ts';

export const rolloutRolloutDuration = defineRule({
  id: 'rollout/rollout-duration',
  title: 'no rollout-duration stands beside a rollout',
  why: 'Knative would move each step’s share bit by bit by itself: what is measured is then not what the step says, and stable does not have everything back at once.',
  howToFix:
    'Take `serving.knative.dev/rollout-duration` off the Service; the steps of the TrafficRollout say how traffic moves.',
  kinds: [knativeService],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: together(
      aService({ metadata: '{name: api-service, annotations: {serving.knative.dev/rollout-duration: 10m}}' }),
      aRollout(),
    ),
    good: together(aService(), aRollout()),
  },

  judge({ object }, { inventory }) {
    const annotations = objectAt(object, 'metadata', 'annotations');
    const key = ROLLOUT_DURATION.find((each) => stringAt(annotations, each) !== undefined);
    if (key === undefined || isNone(stringAt(annotations, key) ?? '')) return [];
    const [rollout] = rolloutsFor(object, inventory);
    if (rollout === undefined) return [];
    const path = pointer('metadata', 'annotations', key);
    const message = `${key} is ${stringAt(annotations, key)}, beside ${titleOfRollout(rollout)}, whose steps say how traffic moves; take it away`;
    return [{ path, message, fix: [{ remove: path }] }];
  },
});

function isNone(text: string): boolean {
  const parsed = parseDuration(text);
  return parsed.ok && parsed.value === 0n;
}
