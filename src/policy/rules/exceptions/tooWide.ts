import { arrayAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { widthOf } from '../../engine/exceptions.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/**
 * An exception excuses some rules: not all of them, not what Knative itself refuses, and not the rules about
 * exceptions. The engine follows the last two whatever the exception says (src/policy/engine/exceptions.ts).
 */
export const exceptionTooWide = defineRule({
  id: 'exceptions/too-wide',
  title: 'exceptions excuse some rules, and none that cannot be excused',
  why: 'An exception from everything is the end of the policy; one from what Knative refuses only promises what a sync then denies.',
  howToFix: 'Name the rules that cannot be kept, or a family as `images/*`.',
  kinds: [policyException],
  action: 'deny',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: everything, namespace: shop}
spec: {rules: ["*"], match: {names: [checkout]}, reason: it is urgent, owner: team-shop, until: 2027-01-31}
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
  },

  judge({ object, name }) {
    const violations: Violation[] = [];
    for (const [index, rule] of arrayAt(object, 'spec', 'rules').entries()) {
      const what = typeof rule === 'string' ? widthOf(rule) : undefined;
      if (what === undefined) continue;
      violations.push({
        path: pointer('spec', 'rules', index),
        message: `${withName('exception', name)} excuses ${rule}, ${what}; name the rules that cannot be kept`,
      });
    }
    return violations;
  },
});
