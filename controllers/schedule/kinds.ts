/** What the controller of ScalingSchedules follows and writes, in the versions that Weir and Knative serve. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';

export const scalingSchedules: Resource = {
  group: 'weir.dev',
  version: 'v1alpha1',
  plural: 'scalingschedules',
  kind: 'ScalingSchedule',
  isNamespaced: true,
};

const SERVING = { group: 'serving.knative.dev', version: 'v1', isNamespaced: true } as const;

export const services: Resource = { ...SERVING, plural: 'services', kind: 'Service' };
export const revisions: Resource = { ...SERVING, plural: 'revisions', kind: 'Revision' };

export const podAutoscalers: Resource = {
  group: 'autoscaling.internal.knative.dev',
  version: 'v1alpha1',
  plural: 'podautoscalers',
  kind: 'PodAutoscaler',
  isNamespaced: true,
};

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  plural: 'namespaces',
  kind: 'Namespace',
  isNamespaced: false,
};

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  isNamespaced: true,
};

export const definitions: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  isNamespaced: false,
};
