import { arrayAt } from '../../../kubernetes/json.ts';
import { policyException } from '../../../kubernetes/kinds.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { didYouMean, nearest } from '../../../text/nearest.ts';
import { defineRule, familyOf, type Rule, type Violation } from '../../engine/rule.ts';
import { matchesPattern } from '../../pattern.ts';

/**
 * The rules and kinds that an exception names exist. A kind is written with its group: `Service` alone is the core
 * one, which no rule judges.
 *
 * @param others every rule that an exception can name, but for the custom ones of a policy
 */
export function exceptionUnknownName(others: readonly Rule[]): Rule {
  const ids = others.map((rule) => rule.id);
  const families = [...new Set(ids.map(familyOf))].map((family) => `${family}/*`);
  // what only the rules about kinds or deletions judge (the core Service) is not what an exception means
  const judging = others.filter((rule) => familyOf(rule.id) !== 'kinds' && rule.judgedAt === undefined);
  const kinds = new Set(judging.flatMap((rule) => rule.kinds.map((kind) => kind.key)));

  return defineRule({
    id: 'exceptions/unknown-name',
    title: 'exceptions name rules and kinds that exist',
    why: 'An exception with a typo excuses nothing, and nobody is told.',
    howToFix: 'Take the rule from docs/rules.md; write kinds with their group: serving.knative.dev/Service.',
    kinds: [policyException],
    action: 'deny',
    examples: {
      bad: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/maxscale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
      good: `
apiVersion: weir.dev/v1alpha1
kind: PolicyException
metadata: {name: black-friday, namespace: shop}
spec: {rules: [autoscaling/max-scale], match: {names: [checkout]}, reason: ten times the usual traffic, owner: team-shop, until: 2027-01-31}
`,
    },

    judge({ object }, { policy }) {
      const custom = policy.custom.map((rule) => rule.id);
      const known = [...ids, ...families, ...custom, 'custom/*'];
      const violations: Violation[] = [];
      for (const [index, rule] of arrayAt(object, 'spec', 'rules').entries()) {
        if (typeof rule !== 'string' || isElsewhere(rule) || names(rule, known)) continue;
        violations.push(unknown(pointer('spec', 'rules', index), 'rule', rule, known));
      }
      const judged = new Set([...kinds, ...policy.custom.flatMap((rule) => rule.kinds.map((kind) => kind.key))]);
      for (const [index, kind] of arrayAt(object, 'spec', 'match', 'kinds').entries()) {
        if (typeof kind !== 'string' || judged.has(kind)) continue;
        const grouped = [...judged].filter((other) => other.endsWith(`/${kind}`));
        violations.push(
          unknown(pointer('spec', 'match', 'kinds', index), 'judged kind', kind, [...judged], grouped[0]),
        );
      }
      return violations;
    },
  });
}

function names(rule: string, known: readonly string[]): boolean {
  return known.includes(rule) || (rule.includes('*') && known.some((id) => matchesPattern(rule, id)));
}

/** Told by exceptions/incomplete or exceptions/too-wide. */
function isElsewhere(rule: string): boolean {
  const family = rule.split('/', 1)[0] ?? '';
  return rule === '' || family.includes('*') || family === 'knative' || family === 'exceptions';
}

function unknown(path: string, what: string, name: string, known: readonly string[], meant?: string): Violation {
  const right = meant ?? nearest(name, known);
  const hint = meant === undefined ? didYouMean(name, known) : `; did you mean "${meant}"?`;
  return {
    path,
    message: `there is no ${what} ${name}${hint || '; docs/rules.md lists them all'}`,
    ...(right === undefined ? {} : { fix: [{ set: path, value: right }] }),
  };
}
