/** Small autoscalers, good unless the parts say otherwise. */
import type { JsonObject } from '../../../../src/kubernetes/json.ts';

export function aScaledObject(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'orders', namespace: 'shop', ...metadata },
    spec: { scaleTargetRef: { name: 'orders' }, triggers: [], ...spec },
  };
}

export function aScaledJob(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledJob',
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { jobTargetRef: {}, triggers: [], ...spec },
  };
}

export function anAutoscaler(spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'orders', namespace: 'shop', ...metadata },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' }, ...spec },
  };
}
