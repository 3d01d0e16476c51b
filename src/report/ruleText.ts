/** `weir explain RULE`: a rule for the terminal. */

import { actionFor } from '../policy/engine/action.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import { familyOf, type Rule } from '../policy/engine/rule.ts';

interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

/** The rule with its examples, and what each of the policies makes of it. */
export function ruleText(rule: Rule, policies: Iterable<EffectivePolicy>, style: Style): string {
  const actions = [...policies].filter(judgesBy(rule)).map((policy) => `${policy.name} ${actionFor(rule, policy)}`);
  return [
    `${style.bold(rule.id)}: ${rule.title}`,
    '',
    rule.why,
    '',
    `To fix it: ${rule.howToFix}`,
    `Judged:    ${rule.kinds.length === 0 ? 'every object' : rule.kinds.map((kind) => kind.key).join(', ')}${WHEN[rule.judgedAt ?? 'always']}`,
    `Action:    ${actions.length === 0 ? rule.action : actions.join(', ')}`,
    '',
    ...examplesOf(rule, style),
  ].join('\n');
}

const WHEN: Readonly<Record<'always' | NonNullable<Rule['judgedAt']>, string>> = {
  always: '',
  change: ', by admission alone, when the last of the documents is applied',
  deletion: ', by admission alone, when the first of the documents is deleted',
  audit: ', by an audit of a cluster alone, weir audit or weir controller',
};

/** A policy's own rule is known only where a policy brings it along. */
function judgesBy(rule: Rule): (policy: EffectivePolicy) => boolean {
  return ({ custom }) => familyOf(rule.id) !== 'custom' || custom.some(({ id }) => id === rule.id);
}

/** A policy's own rule has none. */
function examplesOf({ examples }: Rule, style: Style): string[] {
  if (examples.bad === '' && examples.good === '') return [];
  return [
    style.dim(examples.environment === undefined ? 'Bad:' : `Bad, in ${examples.environment}:`),
    indented(examples.bad),
    '',
    style.dim('Good:'),
    indented(examples.good),
    '',
  ];
}

function indented(yaml: string): string {
  return yaml.trim().replaceAll(/^(?=.)/gm, '  ');
}
