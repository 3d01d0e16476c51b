/**
 * The roles and bindings that every cluster begins with: of k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy
 * those that people bind and those of what lifecycle/ does; a real cluster has the same under these names.
 */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { RBAC_GROUP } from '../rbac/roles.ts';

const API_VERSION = `${RBAC_GROUP}/v1`;
/** With which Kubernetes keeps them as they should be. */
const METADATA = {
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
};

const READ = 'get list watch';
const WRITE = 'create delete deletecollection patch update';
const ALL = 'create delete deletecollection get list patch update watch';

const RULES: Readonly<Record<string, readonly JsonObject[]>> = {
  'cluster-admin': [rule('*', '*', '*'), paths('*', '*')],
  'system:discovery': [
    paths('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'),
  ],
  'system:basic-user': [
    rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
    rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
  ],
  'system:public-info-viewer': [paths('get', '/healthz /livez /readyz /version /version/')],
  'system:monitoring': [
    paths('get', '/flagz /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/* /statusz'),
    rule('get', '', 'nodes/metrics'),
  ],
  'system:auth-delegator': [
    rule('create', 'authentication.k8s.io', 'tokenreviews'),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  ],
  'system:service-account-issuer-discovery': [
    paths(
      'get',
      '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
    ),
  ],
  'system:aggregate-to-view': [
    rule(
      READ,
      '',
      'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
    ),
    rule(
      READ,
      '',
      'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    ),
    rule(READ, '', 'namespaces'),
    rule(READ, ',events.k8s.io', 'events'),
    rule(READ, 'discovery.k8s.io', 'endpointslices'),
    rule(
      READ,
      'apps',
      'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
    ),
    rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
    rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
    rule(
      READ,
      'extensions',
      'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
    ),
    rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
    rule(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
    rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  ],
  'system:aggregate-to-edit': [
    rule(READ, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
    rule('impersonate', '', 'serviceaccounts'),
    rule(WRITE, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
    rule('create', '', 'pods/eviction'),
    rule(
      WRITE,
      '',
      'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    ),
    rule('create', '', 'serviceaccounts/token'),
    rule(WRITE, ',events.k8s.io', 'events'),
    rule(
      WRITE,
      'apps',
      'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    ),
    rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
    rule(WRITE, 'batch', 'cronjobs jobs'),
    rule(
      WRITE,
      'extensions',
      'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
    ),
    rule(WRITE, 'policy', 'poddisruptionbudgets'),
    rule(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
    rule(ALL, 'coordination.k8s.io', 'leases'),
    rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
  ],
  'system:aggregate-to-admin': [
    rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
    rule(ALL, 'rbac.authorization.k8s.io', 'rolebindings roles'),
  ],
  'system:controller:generic-garbage-collector': [
    rule('delete get list patch update watch', '*', '*'),
    rule('create patch update', ',events.k8s.io', 'events'),
  ],
  'system:controller:namespace-controller': [
    rule('delete get list watch', '', 'namespaces'),
    rule('update', '', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list watch', '*', '*'),
  ],
  'system:controller:clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'system:controller:root-ca-cert-publisher': [
    rule('create update', '', 'configmaps'),
    rule('create patch update', ',events.k8s.io', 'events'),
  ],
  'system:controller:service-account-controller': [
    rule('create', '', 'serviceaccounts'),
    rule('create patch update', ',events.k8s.io', 'events'),
  ],
  'system:controller:pod-garbage-collector': [
    rule('delete list watch', '', 'pods'),
    rule(READ, '', 'nodes'),
    rule('patch', '', 'pods/status'),
  ],
};

/** Roles whose rules are gathered from others by a label; the gathering is lifecycle/'s. */
const GATHERED = ['admin', 'edit', 'view'];
/** What each of them is gathered into in turn. */
const PART_OF: Readonly<Record<string, string>> = {
  view: 'edit',
  edit: 'admin',
  'system:aggregate-to-view': 'view',
  'system:aggregate-to-edit': 'edit',
  'system:aggregate-to-admin': 'admin',
};

/** ClusterRoles and the groups that have them. */
const BOUND: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['system:masters'],
  'system:basic-user': ['system:authenticated'],
  'system:discovery': ['system:authenticated'],
  'system:monitoring': ['system:monitoring'],
  'system:public-info-viewer': ['system:authenticated', 'system:unauthenticated'],
  'system:service-account-issuer-discovery': ['system:serviceaccounts'],
};

const CONTROLLER = 'system:controller:';

/** ClusterRoles first, since a binding should find its role. */
export function bootstrapPolicy(): JsonObject[] {
  const roles = Object.entries(RULES).map(([name, rules]) => clusterRole(name, { rules }));
  const gathered = GATHERED.map((name) => {
    const matchLabels = { [aggregateTo(name)]: 'true' };
    return clusterRole(name, { aggregationRule: { clusterRoleSelectors: [{ matchLabels }] }, rules: null });
  });
  const bindings = Object.entries(BOUND).map(([name, groups]) =>
    clusterRoleBinding(
      name,
      groups.map((group) => ({ apiGroup: RBAC_GROUP, kind: 'Group', name: group })),
    ),
  );
  const controllers = Object.keys(RULES)
    .filter((name) => name.startsWith(CONTROLLER))
    .map((name) => {
      const account = { kind: 'ServiceAccount', name: name.slice(CONTROLLER.length), namespace: 'kube-system' };
      return clusterRoleBinding(name, [account]);
    });
  return [...roles, ...gathered, ...bindings, ...controllers];
}

/** @param verbs separated by spaces, as the resources; groups by commas, where nothing is the core group */
function rule(verbs: string, groups: string, resources: string): JsonObject {
  return { apiGroups: groups.split(','), resources: resources.split(' '), verbs: verbs.split(' ') };
}

function paths(verbs: string, urls: string): JsonObject {
  return { nonResourceURLs: urls.split(' '), verbs: verbs.split(' ') };
}

function clusterRole(name: string, rest: JsonObject): JsonObject {
  const part = PART_OF[name];
  const labels = { ...METADATA.labels, ...(part !== undefined && { [aggregateTo(part)]: 'true' }) };
  return { apiVersion: API_VERSION, kind: 'ClusterRole', metadata: { name, ...METADATA, labels }, ...rest };
}

function clusterRoleBinding(name: string, subjects: readonly JsonObject[]): JsonObject {
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name };
  return { apiVersion: API_VERSION, kind: 'ClusterRoleBinding', metadata: { name, ...METADATA }, roleRef, subjects };
}

function aggregateTo(name: string): string {
  return `${RBAC_GROUP}/aggregate-to-${name}`;
}
