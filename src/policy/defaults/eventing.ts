import type { Defaulter } from '../engine/default.ts';

export const eventingDefaults: readonly Defaulter[] = [];
