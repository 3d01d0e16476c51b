import { clusterRoleBinding, roleBinding } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { pointer } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import { type BoundSubject, subjectsOf } from './grants.ts';

/** Bindings name somebody: not the account that every pod gets, nor a group that everybody is in. */
export const rbacDefaultServiceAccount = defineRule({
  id: 'rbac/default-service-account',
  title: 'bindings name an account of their own',
  why: 'The default ServiceAccount is that of every pod which names none: what it may do, each of them may.',
  howToFix: 'Make a ServiceAccount for the workload, name it in its serviceAccountName, and bind that.',
  kinds: [roleBinding, clusterRoleBinding],
  action: 'deny',
  examples: {
    bad: `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
subjects:
- {kind: ServiceAccount, name: default, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
`,
    good: `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
subjects:
- {kind: ServiceAccount, name: cart, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
`,
  },

  judge(subject) {
    const violations: Violation[] = [];
    for (const bound of subjectsOf(subject)) {
      const who = everybodyIn(bound);
      if (who === undefined) continue;
      violations.push({
        path: pointer('subjects', bound.index, 'name'),
        message: `${titleOf(subject.reference)} binds ${bound.name}, ${who}; bind an account of its own`,
      });
    }
    return violations;
  },
});

function everybodyIn({ kind, name }: BoundSubject): string | undefined {
  if (kind === 'ServiceAccount') return name === 'default' ? 'the account of every pod that names none' : undefined;
  if (kind === 'User') return name === 'system:anonymous' ? 'who is everybody without a login' : undefined;
  if (kind !== 'Group') return undefined;
  if (name === 'system:serviceaccounts') return 'every account of every namespace';
  if (name.startsWith('system:serviceaccounts:')) return 'every account of a namespace';
  if (name === 'system:authenticated') return 'everybody who has a login';
  return name === 'system:unauthenticated' ? 'everybody without a login' : undefined;
}
