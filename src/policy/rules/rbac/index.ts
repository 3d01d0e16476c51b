import type { Rule } from '../../engine/rule.ts';

export const rbacRules: readonly Rule[] = [];
