import type { Defaulter } from '../engine/default.ts';

export const servingDefaults: readonly Defaulter[] = [];
