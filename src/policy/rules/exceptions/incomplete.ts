import { arrayAt, type JsonObject, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { withName } from '../../../kubernetes/object.ts';
import { readUntil } from '../../engine/exceptions.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';

/** An exception says which rules, why, who answers for it, and until when. Without a date it excuses nothing. */
export const exceptionIncomplete = defineRule({
  id: 'exceptions/incomplete',
  title: 'exceptions name rules, a reason, an owner and a date',
  why: 'An exception that nobody answers for stays for ever, and nobody knows what would break without it.',
  howToFix: 'Fill in spec.rules, spec.reason, spec.owner and spec.until (2026-12-01).',
  kinds: [policyException],
  action: 'deny',
  examples: {
    bad: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec:
  rules: [autoscaling/max-scale]
  match: {names: [checkout]}
  until: 2027-01-31
`,
    good: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec:
  rules: [autoscaling/max-scale]
  match: {names: [checkout]}
  reason: ten times the usual traffic, tried in staging
  owner: team-shop
  until: 2027-01-31
`,
  },

  judge({ object, name }) {
    const violations: Violation[] = [];
    if (!arrayAt(object, 'spec', 'rules').some((rule) => typeof rule === 'string' && rule !== '')) {
      violations.push(
        missing(object, 'rules', `${withName('exception', name)} names no rule; list the rules that it excuses`),
      );
    }
    for (const [field, what] of [
      ['reason', 'no reason; say why the rule cannot be kept'],
      ['owner', 'no owner; name who answers for it'],
    ] as const) {
      const text = stringAt(object, 'spec', field);
      if (text !== undefined && text.trim() !== '') continue;
      violations.push(missing(object, field, `${withName('exception', name)} has ${what}`));
    }

    const until = valueAt(object, 'spec', 'until');
    if (typeof until === 'string' && readUntil(until) !== undefined) return violations;
    const what = until === undefined || until === null ? 'no date' : `an until that is no date (${short(until)})`;
    violations.push(
      missing(
        object,
        'until',
        `${withName('exception', name)} has ${what}, and so excuses nothing; write until: 2026-12-01`,
      ),
    );
    return violations;
  },
});

function missing(object: JsonObject, field: string, message: string): Violation {
  return { path: valueAt(object, 'spec', field) === undefined ? '/spec' : `/spec/${field}`, message };
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
