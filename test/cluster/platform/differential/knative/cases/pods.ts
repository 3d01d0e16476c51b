/** What a Pod may be. */
import { aService, type Case, container, ofContainer, ofPod } from './builders.ts';

export const pods: Case[] = [
  { name: 'a probe', object: ofContainer({ readinessProbe: { httpGet: { path: '/ready' } } }) },
  { name: 'no container', object: ofPod({ containers: [] }), refusal: 'missing field(s)' },
  { name: 'no image', object: ofPod({ containers: [{ name: 'cart' }] }), refusal: 'missing field(s)' },
  {
    name: 'an image that is none',
    object: ofContainer({ image: 'Cart:' }),
    refusal: 'Failed to parse image reference',
  },
  {
    name: 'two ports',
    object: ofContainer({ ports: [{ containerPort: 8080 }, { containerPort: 9090 }] }),
    refusal: 'more than one container port is set',
    differs: 'names the second port',
  },
  {
    name: 'a reserved variable',
    object: ofContainer({ env: [{ name: 'PORT', value: '80' }] }),
    refusal: '"PORT" is a reserved environment variable',
  },
  { name: 'a long timeout', object: ofPod({ timeoutSeconds: 1200 }), refusal: 'expected 0 <= 1200 <= 600' },
  { name: 'the host network', object: ofPod({ hostNetwork: true }), refusal: 'must not set the field(s)' },
  { name: 'an affinity', object: ofPod({ affinity: {} }), refusal: 'must not set the field(s)' },
  {
    name: 'a volume that nobody mounts',
    object: ofPod({ volumes: [{ name: 'data', hostPath: { path: '/data' } }] }),
    refusal: 'hostPath',
    differs: 'names the volume',
  },
  {
    name: 'a mount of no volume',
    object: ofContainer({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    refusal: 'volume',
  },
  {
    name: 'several mistakes',
    object: aService({
      metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } },
      template: { spec: { containers: [container], timeoutSeconds: 1200 } },
      spec: { traffic: [{ latestRevision: true, percent: 90 }] },
    }),
    refusal: 'expected 0 <= 1200 <= 600',
    differs: 'names the annotation',
  },
];
