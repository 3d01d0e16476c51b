import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { nameOf } from '../../../kubernetes/object.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, aService, together } from './examples.ts';
import { rolloutOf } from './read.ts';

export const rolloutSameService = defineRule({
  id: 'rollout/same-service',
  title: 'a Service has one rollout at most',
  why: 'Two rollouts write the same traffic: what the one promotes the other takes back.',
  howToFix: 'Keep one TrafficRollout for each Service.',
  kinds: [trafficRollout],
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: together(aService(), aRollout(), aRollout({ metadata: '{name: api-canary}' })),
    good: together(aService(), aRollout()),
  },

  judge({ object, reference }, { inventory }) {
    const rollout = rolloutOf(object);
    if (rollout === undefined) return [];
    const { namespace, service } = rollout;
    const others = inventory
      .inNamespace(trafficRollout, namespace)
      .filter((other) => other !== object && nameOf(other) !== reference.name && rolloutOf(other)?.service === service)
      .map(nameOf);
    if (others.length === 0) return [];
    const message = `Service ${service} has a rollout already: ${others.sort().join(', ')}; keep one of them`;
    return [{ path: '/spec/serviceRef/name', message }];
  },
});
