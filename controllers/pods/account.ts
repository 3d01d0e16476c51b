/** Who runs Pods: an account of its own, for it reads every Secret. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { MakeController, Policies } from '../manager/controller.ts';
import { declaredBy } from '../manager/declared.ts';
import { rulesOf } from '../manager/rights.ts';

export const NODE_ACCOUNT = { namespace: 'weir-system', name: 'weir-node' } as const;

/** The ServiceAccount, and a ClusterRole with what the controllers need, bound to it. */
export function nodeRole(controllers: readonly MakeController[]): readonly JsonObject[] {
  const { namespace, name } = NODE_ACCOUNT;
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

const NO_POLICIES: Policies = {
  policyFor: () => undefined,
  environments: () => [],
  hash: () => '',
  onChange: () => () => {},
};
