/** What tests of rollouts are built from. */
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { TrafficRollout } from '../../src/rollout/model.ts';
import { readRollout } from '../../src/rollout/read.ts';

export const STEPS: JsonObject[] = [
  { percent: 10, pause: '5m' },
  { percent: 50, pause: '5m' },
];

export const ANALYSIS: JsonObject = {
  prometheus: { address: 'http://prometheus.monitoring:9090' },
  interval: '30s',
  failureLimit: 2,
  minimumRequests: 100,
  metrics: [
    { name: 'error-rate', max: 0.01 },
    { name: 'p95-latency', max: '500ms' },
  ],
};

/** A document for the Service api-service, which the parts of its spec change. */
export function aDocument(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'TrafficRollout',
    metadata: { name: 'api-service', namespace: 'shop-prod' },
    spec: { serviceRef: { name: 'api-service' }, strategy: { canary: { steps: STEPS } }, ...spec },
  };
}

/** The rollout of such a document; an error where it cannot be read. */
export function aRollout(spec: JsonObject = {}): TrafficRollout {
  const { rollout, problems } = readRollout(aDocument(spec));
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  return rollout;
}
