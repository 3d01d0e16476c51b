import type { Defaulter } from '../engine/default.ts';

export const resourcesDefaults: readonly Defaulter[] = [];
