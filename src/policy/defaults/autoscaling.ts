import type { Defaulter } from '../engine/default.ts';

export const autoscalingDefaults: readonly Defaulter[] = [];
