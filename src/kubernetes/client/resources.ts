/** Kubernetes' own resources, in the versions that every API server of today has. */
import type { Resource } from './resource.ts';

const ADMISSION = 'admissionregistration.k8s.io';
const RBAC = 'rbac.authorization.k8s.io';

export const namespaces = clusterWide('', 'Namespace', 'namespaces');
export const configMaps = namespaced('', 'ConfigMap', 'configmaps');
export const secrets = namespaced('', 'Secret', 'secrets');
export const serviceAccounts = namespaced('', 'ServiceAccount', 'serviceaccounts');
/** Not Knative's Services, which are in src/knative/resources.ts. */
export const coreServices = namespaced('', 'Service', 'services');
export const persistentVolumeClaims = namespaced('', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const pods = namespaced('', 'Pod', 'pods');
export const limitRanges = namespaced('', 'LimitRange', 'limitranges');
export const resourceQuotas = namespaced('', 'ResourceQuota', 'resourcequotas');
export const deployments = namespaced('apps', 'Deployment', 'deployments');
export const networkPolicies = namespaced('networking.k8s.io', 'NetworkPolicy', 'networkpolicies');
export const roles = namespaced(RBAC, 'Role', 'roles');
export const roleBindings = namespaced(RBAC, 'RoleBinding', 'rolebindings');
export const customResourceDefinitions = clusterWide(
  'apiextensions.k8s.io',
  'CustomResourceDefinition',
  'customresourcedefinitions',
);
export const mutatingWebhookConfigurations = clusterWide(
  ADMISSION,
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
);
export const validatingWebhookConfigurations = clusterWide(
  ADMISSION,
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
);

function namespaced(group: string, kind: string, plural: string): Resource {
  return { group, version: 'v1', plural, kind, isNamespaced: true };
}

function clusterWide(group: string, kind: string, plural: string): Resource {
  return { group, version: 'v1', plural, kind, isNamespaced: false };
}
