import type { Rule } from '../../engine/rule.ts';

export const exceptionsRules: readonly Rule[] = [];
