import type { Rule } from '../../engine/rule.ts';

export const servingRules: readonly Rule[] = [];
