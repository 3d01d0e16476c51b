import { stringAt } from '../../../kubernetes/json.ts';
import { clusterRoleBinding, roleBinding } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { subjectsOf } from './grants.ts';

/**
 * Nobody is bound to cluster-admin, and nothing to the group system:masters, whose members pass every check whatever
 * RBAC says.
 */
export const rbacClusterAdmin = defineRule({
  id: 'rbac/cluster-admin',
  title: 'no binding gives cluster-admin or names system:masters',
  why: 'cluster-admin may do everything, to what exists and to what will; nothing that comes from Git needs that.',
  howToFix: 'Bind a Role that names what is needed, in the namespace where it is needed.',
  kinds: [roleBinding, clusterRoleBinding],
  action: 'deny',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: deployer}
subjects:
- {kind: ServiceAccount, name: deployer, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployer, namespace: shop}
subjects:
- {kind: ServiceAccount, name: deployer, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    const { object, reference } = subject;
    if (stringAt(object, 'roleRef', 'name') === 'cluster-admin' && stringAt(object, 'roleRef', 'kind') !== 'Role') {
      violations.push({
        path: '/roleRef/name',
        message: `${titleOf(reference)} gives cluster-admin, which may do everything; bind a role that names what is needed`,
      });
    }
    for (const bound of subjectsOf(subject)) {
      if (bound.kind !== 'Group' || bound.name !== 'system:masters') continue;
      violations.push({
        path: pointer('subjects', bound.index, 'name'),
        message: `${titleOf(reference)} names the group system:masters, which no RBAC rule can bound; name a group of your own`,
      });
    }
    return violations;
  },
});
