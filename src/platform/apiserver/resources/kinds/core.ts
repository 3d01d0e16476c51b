/** The core group: configuration, and what workloads are made of. */

import { type Kind, WORKLOAD_SCALE } from '../kind.ts';
import type { Addresses } from '../rules/addresses.ts';
import {
  configMapRules,
  endpointsRules,
  limitRangeRules,
  namespaceRules,
  nodeRules,
  resourceQuotaRules,
  secretRules,
  volumeClaimRules,
  volumeRules,
} from '../rules/core.ts';
import { coreEventRules } from '../rules/events.ts';
import { podRules, podTemplateRules } from '../rules/pods.ts';
import { serviceRules } from '../rules/services.ts';
import { replicationControllerRules } from '../rules/workloads.ts';

const core = { group: '', version: 'v1' } as const;

export function coreKinds(addresses: Addresses): readonly Kind[] {
  return [
    { ...core, kind: 'Binding', plural: 'bindings', verbs: ['create'] },
    { ...core, kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'], rules: configMapRules },
    { ...core, kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'], rules: endpointsRules },
    {
      ...core,
      kind: 'Event',
      plural: 'events',
      shortNames: ['ev'],
      selectableFields: [
        'involvedObject.kind',
        'involvedObject.namespace',
        'involvedObject.name',
        'involvedObject.uid',
        'involvedObject.apiVersion',
        'involvedObject.resourceVersion',
        'involvedObject.fieldPath',
        'reason',
        'reportingComponent',
        'source',
        'type',
      ],
      rules: coreEventRules,
    },
    { ...core, kind: 'LimitRange', plural: 'limitranges', shortNames: ['limits'], rules: limitRangeRules },
    {
      ...core,
      kind: 'Namespace',
      plural: 'namespaces',
      shortNames: ['ns'],
      scope: 'Cluster',
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      status: { phase: 'Active' },
      subresources: ['finalize'],
      selectableFields: ['status.phase'],
      rules: namespaceRules,
    },
    {
      ...core,
      kind: 'Node',
      plural: 'nodes',
      shortNames: ['no'],
      scope: 'Cluster',
      status: {},
      subresources: ['proxy'],
      selectableFields: ['spec.unschedulable'],
      rules: nodeRules,
    },
    {
      ...core,
      kind: 'PersistentVolumeClaim',
      plural: 'persistentvolumeclaims',
      shortNames: ['pvc'],
      status: { phase: 'Pending' },
      rules: volumeClaimRules,
    },
    {
      ...core,
      kind: 'PersistentVolume',
      plural: 'persistentvolumes',
      shortNames: ['pv'],
      scope: 'Cluster',
      status: { phase: 'Pending' },
      rules: volumeRules,
    },
    {
      ...core,
      kind: 'Pod',
      plural: 'pods',
      shortNames: ['po'],
      categories: ['all'],
      status: { phase: 'Pending' },
      // some need a node that runs pods; they are listed, and refused by name
      subresources: [
        'attach',
        'binding',
        'ephemeralcontainers',
        'eviction',
        'exec',
        'log',
        'portforward',
        'proxy',
        'resize',
      ],
      selectableFields: [
        'spec.nodeName',
        'spec.restartPolicy',
        'spec.schedulerName',
        'spec.serviceAccountName',
        'spec.hostNetwork',
        'status.phase',
        'status.podIP',
        'status.nominatedNodeName',
      ],
      rules: podRules,
    },
    { ...core, kind: 'PodTemplate', plural: 'podtemplates', rules: podTemplateRules },
    {
      ...core,
      kind: 'ReplicationController',
      plural: 'replicationcontrollers',
      shortNames: ['rc'],
      categories: ['all'],
      status: {},
      scale: WORKLOAD_SCALE,
      selectableFields: ['status.replicas'],
      rules: replicationControllerRules,
    },
    {
      ...core,
      kind: 'ResourceQuota',
      plural: 'resourcequotas',
      shortNames: ['quota'],
      status: {},
      rules: resourceQuotaRules,
    },
    { ...core, kind: 'Secret', plural: 'secrets', selectableFields: ['type'], rules: secretRules },
    { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'], subresources: ['token'] },
    {
      ...core,
      kind: 'Service',
      plural: 'services',
      shortNames: ['svc'],
      categories: ['all'],
      status: {},
      subresources: ['proxy'],
      selectableFields: ['spec.clusterIP', 'spec.type'],
      rules: serviceRules(addresses),
    },
  ];
}
