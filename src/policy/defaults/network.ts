/** The visibility label, where the policy makes services cluster-local. */
import { knativeService, route } from '../../kubernetes/kinds.ts';
import { labelsOf } from '../../kubernetes/object.ts';
import type { Defaulter } from '../engine/default.ts';
import { VISIBILITY_LABEL, VISIBILITY_PATH } from '../rules/network/visibility.ts';

const visibility: Defaulter = {
  id: 'network/visibility',
  kinds: [knativeService, route],

  fill(subject, { policy }) {
    if (policy.network?.visibility?.default !== 'cluster-local') return [];
    if ((labelsOf(subject.object)[VISIBILITY_LABEL] ?? null) !== null) return [];
    return [{ path: VISIBILITY_PATH, value: 'cluster-local', from: '/spec/network/visibility/default' }];
  },
};

export const networkDefaults: readonly Defaulter[] = [visibility];
