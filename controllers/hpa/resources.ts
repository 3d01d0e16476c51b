import type { Resource } from '../../src/kubernetes/client/resource.ts';

export const horizontalPodAutoscalers: Resource = {
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  isNamespaced: true,
};
