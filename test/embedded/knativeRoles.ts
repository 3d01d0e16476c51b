import type { JsonObject } from '../../src/kubernetes/json.ts';

/** The role by which Knative Serving gives its kinds to whoever is admin: knative/serving config/core/200-roles. */
export function knativeRoles(): JsonObject[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {
        name: 'knative-serving-namespaced-admin',
        labels: { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' },
      },
      rules: [{ apiGroups: ['serving.knative.dev'], resources: ['*'], verbs: ['*'] }],
    },
  ];
}
