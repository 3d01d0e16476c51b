import type { Rule } from '../../engine/rule.ts';

export const eventingRules: readonly Rule[] = [];
