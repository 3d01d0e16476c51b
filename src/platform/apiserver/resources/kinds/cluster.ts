/** What governs a cluster: roles, webhooks, definitions, networks, leases, and the reviews that are asked and not kept. */

import type { Kind } from '../kind.ts';
import { pathSegmentName } from '../names.ts';

const admission = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  scope: 'Cluster',
  categories: ['api-extensions'],
  rules: { hasGeneration: true },
} as const;
const authentication = { group: 'authentication.k8s.io', version: 'v1', scope: 'Cluster', verbs: ['create'] } as const;
const authorization = { group: 'authorization.k8s.io', version: 'v1', verbs: ['create'] } as const;
const networking = { group: 'networking.k8s.io', version: 'v1', rules: { hasGeneration: true } } as const;
const rbac = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  rules: { name: pathSegmentName, createsOnUpdate: true },
} as const;

export const CLUSTER_KINDS: readonly Kind[] = [
  { ...admission, kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations' },
  { ...admission, kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations' },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    scope: 'Cluster',
    status: { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: [] },
    rules: { hasGeneration: true },
  },
  { ...authentication, kind: 'SelfSubjectReview', plural: 'selfsubjectreviews' },
  { ...authentication, kind: 'TokenReview', plural: 'tokenreviews' },
  { ...authorization, kind: 'LocalSubjectAccessReview', plural: 'localsubjectaccessreviews' },
  { ...authorization, scope: 'Cluster', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews' },
  { ...authorization, scope: 'Cluster', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews' },
  { ...authorization, scope: 'Cluster', kind: 'SubjectAccessReview', plural: 'subjectaccessreviews' },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    plural: 'leases',
    rules: { createsOnUpdate: true },
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    rules: { hasGeneration: true },
  },
  { ...networking, kind: 'IngressClass', plural: 'ingressclasses', scope: 'Cluster' },
  { ...networking, kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], status: { loadBalancer: {} } },
  { ...networking, kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'] },
  { ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', scope: 'Cluster' },
  { ...rbac, kind: 'ClusterRole', plural: 'clusterroles', scope: 'Cluster' },
  { ...rbac, kind: 'RoleBinding', plural: 'rolebindings' },
  { ...rbac, kind: 'Role', plural: 'roles' },
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    kind: 'PriorityClass',
    plural: 'priorityclasses',
    shortNames: ['pc'],
    scope: 'Cluster',
    rules: { hasGeneration: true },
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    plural: 'storageclasses',
    shortNames: ['sc'],
    scope: 'Cluster',
  },
];
