import type { Rule } from '../../engine/rule.ts';

export const networkRules: readonly Rule[] = [];
