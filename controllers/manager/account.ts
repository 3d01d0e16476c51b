/** An account of its own for controllers that run beside the others, with what they need and no more. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { MakeController, Policies } from './controller.ts';
import { declaredBy } from './declared.ts';
import { rulesOf } from './rights.ts';

/** The ServiceAccount, and a ClusterRole with what the controllers need, bound to it. */
export function accountWithRole(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  controllers: readonly MakeController[],
): readonly JsonObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const rights = controllers.flatMap((make) => declaredBy(make, NO_POLICIES).rights);
  const events = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } },
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: [...rulesOf(rights), events] },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', namespace, name }],
    },
  ];
}

/** For controllers that no policy concerns. */
export const NO_POLICIES: Policies = {
  policyFor: () => undefined,
  environments: () => [],
  hash: () => '',
  onChange: () => () => {},
};
