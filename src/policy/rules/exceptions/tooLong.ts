import { stringAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { createdAt, daysBetween, isTooLong, latestEnd, readUntil } from '../../engine/exceptions.ts';
import { defineRule } from '../../engine/rule.ts';

/**
 * An exception ends within the days that the policy gives (`exceptions.longestDays`), counted from now, or from when the
 * API server stored it first: an end that is moved on and on is no end. The engine excuses no longer, either.
 */
export const exceptionTooLong = defineRule({
  id: 'exceptions/too-long',
  title: 'exceptions end within the time that the policy gives',
  why: 'What is needed for longer is no exception: it belongs into the policy, where everybody sees it.',
  howToFix:
    'Choose an earlier date. What is needed for longer is written anew when that comes, under another name or after the old one was deleted; or change the policy.',
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

    const created = createdAt(object);
    // a file can claim any time, also one that is to come
    const from = created !== undefined && created < now ? created : now;
    const isOld = daysBetween(from, now) > 0;
    if (!isTooLong(from, until, longest)) return [];
    const days = daysBetween(from, until);
    const runs = isOld ? `runs for ${days} days since ${day(from)}` : `runs for ${days} more days`;
    const last = `until ${day(latestEnd(from, longest))} at most`;
    const remedy = isOld ? `${last}; what is needed for longer is a new exception` : last;
    return [
      {
        path: '/spec/until',
        message: `${withName('exception', name)} ${runs}, and ${policy.name} allows ${longest}; ${remedy}`,
      },
    ];
  },
});

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
