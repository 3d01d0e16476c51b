import type { Defaulter } from '../engine/default.ts';

export const networkDefaults: readonly Defaulter[] = [];
