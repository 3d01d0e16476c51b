/** What a policy makes of a breach of a rule. */
import type { Action } from '../model/spec.ts';
import type { EffectivePolicy } from './policy.ts';
import { familyOf } from './rule.ts';

/** Knative's own refusals deny whatever the policy says. */
export function actionFor(rule: { readonly id: string; readonly action: Action }, policy: EffectivePolicy): Action {
  const family = familyOf(rule.id);
  if (family === 'knative') return rule.action;
  const action = policy.actions[rule.id] ?? policy.actions[`${family}/*`] ?? rule.action;
  return action === 'deny' && policy.enforcement === 'warn' ? 'warn' : action;
}
