import type { Rule } from '../../engine/rule.ts';

export const autoscalingRules: readonly Rule[] = [];
