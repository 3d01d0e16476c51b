/** The resources of guard rails. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';

const RBAC = 'rbac.authorization.k8s.io';

function namespaced(group: string, kind: string, plural: string): Resource {
  return { group, version: 'v1', plural, kind, isNamespaced: true };
}

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  isNamespaced: false,
};
export const networkPolicies = namespaced('networking.k8s.io', 'NetworkPolicy', 'networkpolicies');
export const roles = namespaced(RBAC, 'Role', 'roles');
export const roleBindings = namespaced(RBAC, 'RoleBinding', 'rolebindings');
export const limitRanges = namespaced('', 'LimitRange', 'limitranges');
export const resourceQuotas = namespaced('', 'ResourceQuota', 'resourcequotas');
export const secrets = namespaced('', 'Secret', 'secrets');
export const serviceAccounts = namespaced('', 'ServiceAccount', 'serviceaccounts');

/** Those that are followed by their label, in the order in which they are made. */
export const RAILS: readonly Resource[] = [networkPolicies, roles, roleBindings, limitRanges, resourceQuotas];
