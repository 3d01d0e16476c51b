/** The controllers' ClusterRole as YAML: it reads what their caches follow, and writes what they say that they write. */
import { CONTROLLERS } from '../../../controllers/all.ts';
import type { Policies, Right } from '../../../controllers/manager/controller.ts';
import { declaredBy } from '../../../controllers/manager/declared.ts';
import { rulesOf } from '../../../controllers/manager/rights.ts';
import { Turns } from '../../../controllers/minScale/turns.ts';
import { type JsonObject, textsAt } from '../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { SINK_NAMESPACE } from '../../../src/policy/model/deadLetters.ts';

/**
 * Those that run in a cluster. What Knative's own controllers do is for a machine without a cluster: where Knative is
 * installed it would write nothing, and needs none of the rights for it.
 */
export const IN_A_CLUSTER: readonly string[] = CONTROLLERS.map(({ name }) => name).filter((name) => name !== 'serving');

/** That of overlays/. */
const OWN = SINK_NAMESPACE;

/** Says at the object what was done about it, and later how often. */
const EVENTS: Right = {
  resource: { group: 'events.k8s.io', version: 'v1', plural: 'events', kind: 'Event', isNamespaced: true },
  verbs: ['create', 'patch'],
};

export function controllerRights(policies: readonly EffectivePolicy[]): readonly Right[] {
  const held: Policies = {
    policyFor: (environment) => policies.find(({ name }) => name === environment),
    environments: () => policies.map(({ name }) => name),
    hash: () => '',
    onChange: () => () => {},
  };
  const makes = CONTROLLERS.filter(({ name }) => IN_A_CLUSTER.includes(name)).flatMap(({ make }) =>
    make({}, new Turns()),
  );
  return [EVENTS, ...makes.flatMap((make) => declaredBy(make, held).rights)];
}

export function controllerClusterRole(policies: readonly EffectivePolicy[]): string {
  return `# Written by tools/generate/overlays from what the controllers follow and write, with the policies of policies/: npm run generate
# What the controllers may do in the whole cluster. Names stand where RBAC knows them; it knows no labels.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: weir-controller
rules:
${rulesOf(clusterWide(controllerRights(policies)))
  .map(yamlOf)
  .join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: weir-controller
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: weir-controller}
subjects:
- {kind: ServiceAccount, name: weir-controller, namespace: weir-system}
`;
}

/**
 * Those that a Role can give: in Weir's own namespace. One in a namespace of somebody else's would be a Role there, which
 * is not Weir's to bring.
 */
export function inOwnNamespace(rights: readonly Right[]): readonly Right[] {
  return rights.filter(({ namespace }) => namespace === OWN);
}

export function clusterWide(rights: readonly Right[]): readonly Right[] {
  return rights.filter(({ namespace }) => namespace !== OWN);
}

export function controllerRole(policies: readonly EffectivePolicy[]): string {
  return `# Written by tools/generate/overlays from what the controllers follow and write, with the policies of policies/: npm run generate
# What the controllers may do in Weir's own namespace: dead-letter sinks, by the names of the environments.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: weir-controller-dead-letters
  namespace: ${OWN}
rules:
${rulesOf(inOwnNamespace(controllerRights(policies)))
  .map(yamlOf)
  .join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: weir-controller-dead-letters
  namespace: ${OWN}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: weir-controller-dead-letters}
subjects:
- {kind: ServiceAccount, name: weir-controller, namespace: ${OWN}}
`;
}

function yamlOf(rule: JsonObject): string {
  const fields = ['apiGroups', 'resources', 'resourceNames', 'verbs'].flatMap((field) => {
    const texts = textsAt(rule, field);
    return texts.length === 0 ? [] : [`${field}: [${texts.map((text) => (text === '' ? '""' : text)).join(', ')}]`];
  });
  return `- ${fields.join('\n  ')}`;
}
