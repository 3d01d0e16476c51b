/** Annotations of the autoscaler, and concurrency. */
import { annotated, aService, type Case, ofPod } from './builders.ts';

export const scaling: Case[] = [
  { name: 'bounds', object: annotated({ 'min-scale': '1', 'max-scale': '3' }) },
  { name: 'a negative bound', object: annotated({ 'min-scale': '-1' }), refusal: 'expected 0 <= -1 <= 2147483647' },
  {
    name: 'bounds the wrong way around',
    object: annotated({ 'min-scale': '5', 'max-scale': '2' }),
    refusal: 'max-scale=2 is less than min-scale=5',
    differs: 'names one of both places',
  },
  { name: 'a bound in words', object: annotated({ 'max-scale': 'many' }), refusal: 'invalid value: many' },
  {
    name: 'an annotation at the wrong place',
    object: aService({ metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } } }),
    refusal: 'autoscaling annotations must be put under "spec.template.metadata.annotations"',
    differs: 'names the annotation',
  },
  { name: 'a window that is too short', object: annotated({ window: '1s' }), refusal: 'expected 6s <= 1s <= 1h0m0s' },
  { name: 'a metric of nobody', object: annotated({ metric: 'cpu' }), refusal: 'invalid value: cpu' },
  { name: 'both spellings', object: annotated({ 'min-scale': '1', minScale: '2' }) },
  { name: 'a bad concurrency', object: ofPod({ containerConcurrency: -1 }), refusal: 'expected 0 <= -1 <= 1000' },
];
