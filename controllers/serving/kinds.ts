/** The resources that Knative's controllers work on, in the versions of Knative Serving 1.23. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';

const SERVING = { group: 'serving.knative.dev', version: 'v1', isNamespaced: true } as const;

export const services: Resource = { ...SERVING, plural: 'services', kind: 'Service' };
export const configurations: Resource = { ...SERVING, plural: 'configurations', kind: 'Configuration' };
export const revisions: Resource = { ...SERVING, plural: 'revisions', kind: 'Revision' };
export const routes: Resource = { ...SERVING, plural: 'routes', kind: 'Route' };

export const podAutoscalers: Resource = {
  group: 'autoscaling.internal.knative.dev',
  version: 'v1alpha1',
  plural: 'podautoscalers',
  kind: 'PodAutoscaler',
  isNamespaced: true,
};

/** Kubernetes' own Services: a Route's placeholders, which keep its names from being taken. */
export const coreServices: Resource = {
  group: '',
  version: 'v1',
  plural: 'services',
  kind: 'Service',
  isNamespaced: true,
};

export const configMaps: Resource = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  isNamespaced: true,
};

export const deployments: Resource = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  isNamespaced: true,
};

export const validatingWebhookConfigurations: Resource = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'validatingwebhookconfigurations',
  kind: 'ValidatingWebhookConfiguration',
  isNamespaced: false,
};
