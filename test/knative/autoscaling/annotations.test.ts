import { describe, expect, it } from '@jest/globals';
import {
  AUTOSCALING_ANNOTATIONS,
  annotationOfKey,
  findAnnotation,
  hasAutoscalingKeys,
  MIN_SCALE,
} from '../../../src/knative/autoscaling/annotations.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

const PATH = '/metadata/annotations';
const KEBAB = 'autoscaling.knative.dev/min-scale';
const CAMEL = 'autoscaling.knative.dev/minScale';

describe('findAnnotation', () => {
  it.each<{ annotations: JsonObject | undefined; expected: unknown }>`
    annotations                      | expected
    ${undefined}                     | ${undefined}
    ${{}}                            | ${undefined}
    ${{ [KEBAB]: '1' }}              | ${{ key: KEBAB, value: '1', path: '/metadata/annotations/autoscaling.knative.dev~1min-scale' }}
    ${{ [CAMEL]: '1' }}              | ${{ key: CAMEL, value: '1', path: '/metadata/annotations/autoscaling.knative.dev~1minScale' }}
    ${{ [CAMEL]: '1', [KEBAB]: '' }} | ${{ key: KEBAB, value: '', path: '/metadata/annotations/autoscaling.knative.dev~1min-scale' }}
    ${{ [KEBAB]: 1 }}                | ${undefined}
    ${{ [KEBAB]: null }}             | ${undefined}
  `('in $annotations is $expected', ({ annotations, expected }) => {
    expect(findAnnotation(annotations, MIN_SCALE, PATH)).toEqual(expected);
  });

  it('takes nothing from the prototype', () => {
    const annotations = Object.create({ [KEBAB]: '1' });
    expect(findAnnotation(annotations, MIN_SCALE, PATH)).toBeUndefined();
  });
});

it('knows each spelling once', () => {
  const keys = AUTOSCALING_ANNOTATIONS.flat();
  expect(new Set(keys).size).toBe(keys.length);
  for (const annotation of AUTOSCALING_ANNOTATIONS) {
    for (const key of annotation) expect(annotationOfKey(key)).toBe(annotation);
  }
  expect(annotationOfKey('autoscaling.knative.dev/activationScale')).toBeUndefined();
});

it.each<{ annotations: JsonObject | undefined; expected: boolean }>`
  annotations                             | expected
  ${undefined}                            | ${false}
  ${{ 'example.com/min-scale': '1' }}     | ${false}
  ${{ 'autoscaling.knative.dev/x': '1' }} | ${true}
`('hasAutoscalingKeys of $annotations is $expected', ({ annotations, expected }) => {
  expect(hasAutoscalingKeys(annotations)).toBe(expected);
});
