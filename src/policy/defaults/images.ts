import type { Defaulter } from '../engine/default.ts';

export const imagesDefaults: readonly Defaulter[] = [];
