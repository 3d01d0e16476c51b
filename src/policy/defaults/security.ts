import type { Defaulter } from '../engine/default.ts';

export const securityDefaults: readonly Defaulter[] = [];
