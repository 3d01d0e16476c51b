import type { Rule } from '../../engine/rule.ts';

export const resourcesRules: readonly Rule[] = [];
