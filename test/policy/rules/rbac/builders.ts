import type { JsonObject, JsonValue } from '../../../../src/kubernetes/json.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';

/** A Role with these rules. */
export function aRole(...rules: JsonValue[]): JsonObject {
  return { apiVersion, kind: 'Role', metadata: { name: 'deployer', namespace: 'shop' }, rules };
}

export function aClusterRole(metadata: JsonObject, ...rules: JsonValue[]): JsonObject {
  return { apiVersion, kind: 'ClusterRole', metadata: { name: 'deployer', ...metadata }, rules };
}

/** A RoleBinding in the namespace shop that gives the Role deployer unless it says otherwise. */
export function aBinding(subjects: JsonValue, roleRef: JsonObject = { kind: 'Role', name: 'deployer' }): JsonObject {
  return { apiVersion, kind: 'RoleBinding', metadata: { name: 'deployers', namespace: 'shop' }, subjects, roleRef };
}
