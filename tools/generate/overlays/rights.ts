/** The webhook's ClusterRole as YAML: it reads what its caches follow, and writes what it has to say. */
import { FOLLOWED } from '../../../webhooks/cluster/kinds.ts';
import { VALIDATING } from './webhooks.ts';

export function clusterRole(): string {
  return `# Written by tools/generate/overlays from the kinds that the webhook's caches follow: npm run generate
# What the webhook may do in the whole cluster. It reads what its rules look up beside the object that they judge: no
# Secret and no ConfigMap is among that.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: weir-webhook
rules:
${reads()}
# Which namespaces its entries select: one must not join an environment that nobody judges.
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  resourceNames: [${VALIDATING}]
  verbs: [get, list, watch]
# Whether an exception is in force.
- apiGroups: [weir.dev]
  resources: [policyexceptions/status]
  verbs: [patch]
# Says at the object what a review found out, such as who broke glass, and later how often.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: weir-webhook
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: weir-webhook}
subjects:
- {kind: ServiceAccount, name: weir-webhook, namespace: weir-system}
`;
}

function reads(): string {
  const groups = new Map<string, string[]>();
  for (const { kind, plural } of FOLLOWED) {
    const resources = groups.get(kind.group);
    if (resources === undefined) groups.set(kind.group, [plural]);
    else resources.push(plural);
  }
  const names = [...groups.keys()].sort();
  return names.map((name) => read(name, groups.get(name) ?? [])).join('\n');
}

function read(group: string, resources: readonly string[]): string {
  const name = group === '' ? '""' : group;
  return `- apiGroups: [${name}]\n  resources: [${[...resources].sort().join(', ')}]\n  verbs: [get, list, watch]`;
}
