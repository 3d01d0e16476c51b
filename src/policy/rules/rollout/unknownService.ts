import { knativeService, trafficRollout } from '../../../kubernetes/kinds.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { didYouMean } from '../../../text/nearest.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, aService, together } from './examples.ts';
import { rolloutOf } from './read.ts';

export const rolloutUnknownService = defineRule({
  id: 'rollout/unknown-service',
  title: 'rollouts move the traffic of a Service that is there',
  why: 'A rollout for a Service that is called otherwise protects nothing: each new Revision gets all of the traffic at once.',
  howToFix: 'Name the Knative Service as it is called in the rollout’s own namespace, or delete the rollout.',
  kinds: [trafficRollout],
  action: 'warn',
  needsOthers: true,
  examples: {
    bad: together(aService(), aRollout({ service: 'api-servce' })),
    good: together(aService(), aRollout()),
  },

  judge({ object }, { inventory }) {
    const rollout = rolloutOf(object);
    if (rollout === undefined || !inventory.knows(knativeService)) return [];
    const { namespace, service } = rollout;
    if (inventory.find(knativeService, namespace, service) !== undefined) return [];
    const names = inventory.inNamespace(knativeService, namespace).map(nameOf);
    const message = `Service ${service} is not in sight${didYouMean(service, names)}`;
    return [{ path: '/spec/serviceRef/name', message }];
  },
});
