import { trafficRollout } from '../../../kubernetes/kinds.ts';
import { defineRule } from '../../engine/rule.ts';
import { aRollout, together } from './examples.ts';
import { readOnce } from './read.ts';

/** The document can be read: steps grow, lengths of time are some, each metric is built in or has a query (src/rollout/read.ts). */
export const rolloutInvalid = defineRule({
  id: 'rollout/invalid',
  title: 'rollouts can be read',
  why: 'A rollout that cannot be read moves nothing: a new Revision waits without a share until somebody wonders why.',
  howToFix: 'Follow the sentence of the finding; `weir rollout plan FILE` shows what comes of it.',
  kinds: [trafficRollout],
  action: 'deny',
  examples: {
    bad: together(
      aRollout({
        steps: '[{percent: 50, pause: 5m}, {percent: 10, pause: 5 minutes}]',
        more: `  analysis:
    prometheus: {address: "http://prometheus.monitoring:9090"}
    metrics: [{name: error-rate, max: "1%"}]
`,
      }),
    ),
    good: together(
      aRollout({
        more: `  analysis:
    prometheus: {address: "http://prometheus.monitoring:9090"}
    metrics: [{name: error-rate, max: 0.01}]
`,
      }),
    ),
  },

  judge({ object }) {
    return readOnce(object).problems ?? [];
  },
});
