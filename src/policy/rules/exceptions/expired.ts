import { stringAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { dayOf, readUntil } from '../../engine/exceptions.ts';
import { defineRule } from '../../engine/rule.ts';

/** An expired exception excuses nothing: what it covered is judged again. The fix takes it away. */
export const exceptionExpired = defineRule({
  id: 'exceptions/expired',
  title: 'exceptions have not expired',
  why: 'A reader believes that an exception holds; an expired one only hides that its rule is judged again.',
  howToFix: 'Delete it, or give it a new date with a new reason.',
  kinds: [policyException],
  action: 'warn',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2020-12-01}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
  },

  judge({ object, name }, { now }) {
    const text = stringAt(object, 'spec', 'until') ?? '';
    const until = readUntil(text);
    if (until === undefined || until >= now) return [];
    return [
      {
        path: '/spec/until',
        message: `${withName('exception', name)} has expired (until ${dayOf(text)}) and excuses nothing any more; delete it, or say why it is needed longer`,
        fix: [{ remove: '' }],
      },
    ];
  },
});
