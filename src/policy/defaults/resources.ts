/** Requests and limits that the author left out. */
import type { Defaulter, Fill } from '../engine/default.ts';
import { fillsFor } from '../rules/resources/plan.ts';
import { filledKinds } from './filledKinds.ts';

export const resourcesDefaults: readonly Defaulter[] = [
  {
    id: 'resources/containers',
    kinds: filledKinds,
    fill(subject, { policy }) {
      const fills: Fill[] = [];
      if (policy.resources === undefined) return fills;
      for (const container of subject.template?.containers ?? []) fills.push(...fillsFor(container, policy.resources));
      return fills;
    },
  },
];
