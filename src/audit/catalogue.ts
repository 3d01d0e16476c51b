/** What an audit judges by: every rule of the other doors, and those that are about a cluster as it is. */
import { lackingGuardRails } from '../guardrails/lacking.ts';
import { catalogue } from '../policy/catalogue.ts';
import type { Catalogue } from '../policy/engine/judge.ts';
import { defineRule } from '../policy/engine/rule.ts';
import { namespaceGuardRails } from '../policy/rules/namespace/guardRails.ts';
import { networkPolicySelectsNow } from '../policy/rules/network/policySelects.ts';

const guardRailsKept = defineRule({
  ...namespaceGuardRails,
  judge: ({ object }, { policy, inventory }) => lackingGuardRails(object, policy, inventory),
});

const rules = catalogue.rules.map((rule) => (rule.id === networkPolicySelectsNow.id ? networkPolicySelectsNow : rule));

export const auditCatalogue: Catalogue = { ...catalogue, rules: [...rules, guardRailsKept] };
