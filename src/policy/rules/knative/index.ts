import type { Rule } from '../../engine/rule.ts';

export const knativeRules: readonly Rule[] = [];
