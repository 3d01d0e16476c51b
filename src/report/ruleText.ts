/** `weir explain RULE`: a rule for the terminal. */

import { actionFor } from '../policy/engine/judge.ts';
import type { EffectivePolicy } from '../policy/engine/policy.ts';
import type { Rule } from '../policy/engine/rule.ts';

interface Style {
  bold(text: string): string;
  dim(text: string): string;
}

/** The rule with its examples, and what each of the policies makes of it. */
export function ruleText(rule: Rule, policies: Iterable<EffectivePolicy>, style: Style): string {
  const actions = [...policies].map((policy) => `${policy.name} ${actionFor(rule, policy)}`);
  return [
    `${style.bold(rule.id)}: ${rule.title}`,
    '',
    rule.why,
    '',
    `To fix it: ${rule.howToFix}`,
    `Judged:    ${rule.kinds.length === 0 ? 'every object' : rule.kinds.map((kind) => kind.key).join(', ')}`,
    `Action:    ${actions.length === 0 ? rule.action : actions.join(', ')}`,
    '',
    style.dim(rule.examples.environment === undefined ? 'Bad:' : `Bad, in ${rule.examples.environment}:`),
    indented(rule.examples.bad),
    '',
    style.dim('Good:'),
    indented(rule.examples.good),
    '',
  ].join('\n');
}

function indented(yaml: string): string {
  return yaml.trim().replaceAll(/^(?=.)/gm, '  ');
}
