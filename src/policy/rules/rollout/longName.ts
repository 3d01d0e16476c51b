import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { TAGS } from '../../../rollout/traffic.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, together } from './examples.ts';
import { rolloutOf } from './read.ts';

/** A label of a host name (RFC 1035). */
const LONGEST_LABEL = 63;

export const rolloutLongName = defineRule({
  id: 'rollout/long-name',
  title: 'the names of Services leave room for the tags of their rollouts',
  why: 'A tag stands before the Service’s name in one label of a host name (config-network’s tag-template): what is too long gets no address, and the Route is not Ready.',
  howToFix: 'Give the Service a shorter name: 53 characters for a canary, 54 for blueGreen.',
  kinds: [trafficRollout],
  action: 'deny',
  examples: {
    bad: together(
      aRollout({ metadata: '{name: api}', service: 'api-service-of-the-shop-that-sells-everything-to-everybody' }),
    ),
    good: together(aRollout()),
  },

  judge({ object }) {
    const rollout = rolloutOf(object);
    if (rollout === undefined) return [];
    const { service, strategy } = rollout;
    const tags = [TAGS.previous, strategy.type === 'blueGreen' ? TAGS.preview : TAGS.candidate];
    const longest = tags.reduce((left, right) => (right.length > left.length ? right : left));
    const most = LONGEST_LABEL - longest.length - 1;
    if (service.length <= most) return [];
    const message = `the name of Service ${service} has ${service.length} characters; with the tag ${longest} before it a host name has room for ${most}`;
    return [{ path: '/spec/serviceRef/name', message }];
  },
});
