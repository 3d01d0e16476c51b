import { stringAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { readUntil } from '../../engine/exceptions.ts';
import { defineRule } from '../../engine/rule.ts';

const DAY = 24 * 60 * 60 * 1000;

/** An exception ends within the days that the policy gives (`exceptions.longestDays`). The last day counts as a whole. */
export const exceptionTooLong = defineRule({
  id: 'exceptions/too-long',
  title: 'exceptions end within the time that the policy gives',
  why: 'What is needed for longer is no exception: it belongs into the policy, where everybody sees it.',
  howToFix: 'Choose an earlier date and renew it when it comes, or change the policy.',
  kinds: [policyException],
  action: 'deny',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2099-12-31}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
  },

  judge({ object, name }, { policy, now }) {
    const longest = policy.exceptions?.longestDays;
    const until = readUntil(stringAt(object, 'spec', 'until') ?? '');
    if (longest === undefined || until === undefined) return [];

    const days = Math.floor((until.getTime() - now.getTime()) / DAY);
    if (days <= longest) return [];
    const last = new Date(now.getTime() + longest * DAY).toISOString().slice(0, 10);
    return [
      {
        path: '/spec/until',
        message: `${withName('exception', name)} runs for ${days} more days, and ${policy.name} allows ${longest}; until ${last} at most`,
      },
    ];
  },
});
