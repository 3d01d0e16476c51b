/** Strategies of RBAC: k8s.io/kubernetes pkg/registry/rbac. Who may grant what is judged by auth/. */
import { checkBinding, checkBindingUpdate, checkClusterRole, checkRole } from '../checks/rbac.ts';
import { defaultRoleBinding } from '../defaults/cluster.ts';
import type { Rules } from '../strategy.ts';

export const roleRules: Rules = { check: checkRole, createsOnUpdate: true };
export const clusterRoleRules: Rules = { check: checkClusterRole, createsOnUpdate: true };

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
