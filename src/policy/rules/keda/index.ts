import type { Rule } from '../../engine/rule.ts';

export const kedaRules: readonly Rule[] = [];
