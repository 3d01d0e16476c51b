/** Strategies of the core group's configuration kinds: k8s.io/kubernetes pkg/registry/core. */
import { arrayAt, objectAt } from '../../../../kubernetes/json.ts';
import { qualifiedNameErrors } from '../../../../kubernetes/names.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import { checkClaim, checkClaimUpdate } from '../checks/claims.ts';
import { checkConfigMap, checkSecret } from '../checks/data.ts';
import { checkEndpoints } from '../checks/endpoints.ts';
import { checkLimitRange, checkQuota } from '../checks/quota.ts';
import {
  defaultEndpoints,
  defaultLimitRange,
  defaultNamespace,
  defaultNode,
  defaultSecret,
  defaultVolumeClaim,
  defaultVolumeOfCluster,
} from '../defaults/core.ts';
import { copyValue, draftAt, ensure } from '../draft.ts';
import type { Rules } from '../strategy.ts';

export const configMapRules: Rules = {
  check: checkConfigMap,
};

export const secretRules: Rules = {
  defaults: defaultSecret,
  onUpdate(draft, old) {
    // the type is never taken away, only changed, which is refused
    if ((draft.type ?? '') === '' && typeof old.type === 'string') draft.type = old.type;
  },
  check: checkSecret,
};

export const endpointsRules: Rules = {
  defaults: defaultEndpoints,
  check: checkEndpoints,
  createsOnUpdate: true,
};

export const limitRangeRules: Rules = { defaults: defaultLimitRange, check: checkLimitRange, createsOnUpdate: true };
export const resourceQuotaRules: Rules = { check: checkQuota };

const KUBERNETES_FINALIZER = 'kubernetes';
const STANDARD_FINALIZERS = [KUBERNETES_FINALIZER, 'foregroundDeletion', 'orphan'];

export const namespaceRules: Rules = {
  defaults: defaultNamespace,
  onCreate(draft) {
    const spec = ensure(draft, 'spec');
    const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
    if (!finalizers.includes(KUBERNETES_FINALIZER)) spec.finalizers = [...finalizers, KUBERNETES_FINALIZER];
    defaultNamespace(draft);
  },
  onUpdate(draft, old, { subresource }) {
    if (subresource === 'finalize') return;
    const finalizers = arrayAt(old, 'spec', 'finalizers');
    if (finalizers.length > 0) ensure(draft, 'spec').finalizers = finalizers.map(copyValue);
    else delete draftAt(draft, 'spec')?.finalizers;
  },
  check(object, problems) {
    for (const [index, finalizer] of arrayAt(object, 'spec', 'finalizers').entries()) {
      if (typeof finalizer !== 'string') continue;
      const path = `spec.finalizers[${index}]`;
      problems.invalidBy(path, finalizer, qualifiedNameErrors(finalizer));
      if (!finalizer.includes('/') && !STANDARD_FINALIZERS.includes(finalizer)) {
        problems.invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified');
      }
    }
  },
  checkStatus(object, _old, problems) {
    const isLeaving = objectAt(object, 'metadata')?.deletionTimestamp !== undefined;
    const phase = objectAt(object, 'status')?.phase;
    if (isLeaving && phase !== 'Terminating') {
      problems.invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
    }
    if (!isLeaving && phase !== 'Active') {
      problems.invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty");
    }
  },
};

/** A kubelet that registers brings its status along. */
export const nodeRules: Rules = { defaults: defaultNode, createsWithStatus: true };

export const volumeClaimRules: Rules = {
  defaults: defaultVolumeClaim,
  check: checkClaim,
  checkUpdate: checkClaimUpdate,
};

export const volumeRules: Rules = {
  defaults: defaultVolumeOfCluster,
  onCreate(draft, { now }) {
    ensure(draft, 'status').lastPhaseTransitionTime = timeText(now);
  },
};
