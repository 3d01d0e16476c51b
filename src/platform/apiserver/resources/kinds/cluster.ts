/** What governs a cluster: roles, webhooks, definitions, networks, leases, and the reviews that are asked and not kept. */

import { eventConversion } from '../conversions/events.ts';
import type { Kind } from '../kind.ts';
import { definitionRules } from '../rules/definitions.ts';
import { eventRules } from '../rules/events.ts';
import {
  endpointSliceRules,
  ingressClassRules,
  ingressRules,
  leaseRules,
  networkPolicyRules,
  priorityClassRules,
  storageClassRules,
} from '../rules/networking.ts';
import { clusterRoleRules, namespacedRoleBindingRules, roleBindingRules, roleRules } from '../rules/rbac.ts';
import { mutatingWebhookRules, validatingWebhookRules } from '../rules/webhooks.ts';

const admission = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  scope: 'Cluster',
  categories: ['api-extensions'],
} as const;
const authentication = { group: 'authentication.k8s.io', version: 'v1', scope: 'Cluster', verbs: ['create'] } as const;
const authorization = { group: 'authorization.k8s.io', version: 'v1', verbs: ['create'] } as const;
const networking = { group: 'networking.k8s.io', version: 'v1' } as const;
const rbac = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
} as const;

export const CLUSTER_KINDS: readonly Kind[] = [
  {
    ...admission,
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
    rules: mutatingWebhookRules,
  },
  {
    ...admission,
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
    rules: validatingWebhookRules,
  },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    scope: 'Cluster',
    status: {},
    rules: definitionRules,
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
    rules: leaseRules,
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    plural: 'endpointslices',
    rules: endpointSliceRules,
  },
  {
    // the same objects as those of the core group, by other names
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    plural: 'events',
    shortNames: ['ev'],
    storedAs: 'events',
    conversion: eventConversion,
    selectableFields: [
      'regarding.kind',
      'regarding.namespace',
      'regarding.name',
      'regarding.uid',
      'regarding.apiVersion',
      'regarding.resourceVersion',
      'regarding.fieldPath',
      'reason',
      'reportingController',
      'type',
    ],
    rules: eventRules,
  },
  { ...networking, kind: 'IngressClass', plural: 'ingressclasses', scope: 'Cluster', rules: ingressClassRules },
  { ...networking, kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], status: {}, rules: ingressRules },
  {
    ...networking,
    kind: 'NetworkPolicy',
    plural: 'networkpolicies',
    shortNames: ['netpol'],
    rules: networkPolicyRules,
  },
  { ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', scope: 'Cluster', rules: roleBindingRules },
  { ...rbac, kind: 'ClusterRole', plural: 'clusterroles', scope: 'Cluster', rules: clusterRoleRules },
  { ...rbac, kind: 'RoleBinding', plural: 'rolebindings', rules: namespacedRoleBindingRules },
  { ...rbac, kind: 'Role', plural: 'roles', rules: roleRules },
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    kind: 'PriorityClass',
    plural: 'priorityclasses',
    shortNames: ['pc'],
    scope: 'Cluster',
    rules: priorityClassRules,
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    plural: 'storageclasses',
    shortNames: ['sc'],
    scope: 'Cluster',
    rules: storageClassRules,
  },
];
