/** Strategies of RBAC: k8s.io/kubernetes pkg/registry/rbac. Who may grant what is judged by auth/. */
import { checkBinding, checkBindingUpdate, checkClusterRole, checkRole } from '../checks/rbac.ts';
import { defaultRoleBinding } from '../defaults/cluster.ts';
import type { Draft } from '../draft.ts';
import type { Rules } from '../strategy.ts';

export const roleRules: Rules = { onCreate: nullRules, onUpdate: nullRules, check: checkRole, createsOnUpdate: true };
export const clusterRoleRules: Rules = { ...roleRules, check: checkClusterRole };

export const roleBindingRules: Rules = {
  defaults: defaultRoleBinding,
  check: (object, problems) => checkBinding(object, problems, ['ClusterRole']),
  checkUpdate: checkBindingUpdate,
  createsOnUpdate: true,
};

export const namespacedRoleBindingRules: Rules = {
  ...roleBindingRules,
  check: (object, problems) => checkBinding(object, problems, ['Role', 'ClusterRole']),
};

/** Kubernetes stores Protocol Buffers, which know no difference between an empty list and none; who wrote it owns it. */
function nullRules(draft: Draft): void {
  if (Array.isArray(draft.rules) && draft.rules.length === 0) draft.rules = null;
}
