import type { Defaulter } from '../engine/default.ts';

export const kedaDefaults: readonly Defaulter[] = [];
