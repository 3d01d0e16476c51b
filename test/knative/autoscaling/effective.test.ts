import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AUTOSCALING_ANNOTATIONS, HPA } from '../../../src/knative/autoscaling/annotations.ts';
import { type AutoscalerConfig, DEFAULT_AUTOSCALER_CONFIG } from '../../../src/knative/autoscaling/config.ts';
import * as effectiveValues from '../../../src/knative/autoscaling/effective.ts';
import { MINUTE } from '../../../src/knative/duration.ts';

const { effectiveInitialScale, effectiveMaxScale, effectiveMetric, effectiveMinScale } = effectiveValues;
const { effectiveTarget, effectiveTargetUtilization, effectiveWindow } = effectiveValues;

/** Everything that the file can read. */
const EVERY = Object.values(effectiveValues);

const PATH = '/spec/template/metadata/annotations';

function source(annotations: Record<string, string>, config: Partial<AutoscalerConfig> = {}, containerConcurrency = 0) {
  const keyed = Object.entries(annotations).map(([name, value]) => [`autoscaling.knative.dev/${name}`, value]);
  return {
    annotations: Object.fromEntries(keyed),
    path: PATH,
    config: { ...DEFAULT_AUTOSCALER_CONFIG, ...config },
    containerConcurrency,
  };
}

it('has every function at hand', () => {
  expect(EVERY.length).toBeGreaterThan(10);
});

describe('max-scale', () => {
  it.each<{
    annotations: Record<string, string>;
    config: Partial<AutoscalerConfig>;
    value: number;
    isUnlimited: boolean;
  }>`
    annotations                          | config             | value       | isUnlimited
    ${{}}                                | ${{}}              | ${Infinity} | ${true}
    ${{}}                                | ${{ maxScale: 9 }} | ${9}        | ${false}
    ${{ 'max-scale': '5' }}              | ${{ maxScale: 9 }} | ${5}        | ${false}
    ${{ maxScale: '5' }}                 | ${{}}              | ${5}        | ${false}
    ${{ 'max-scale': '5', maxScale: 7 }} | ${{}}              | ${5}        | ${false}
    ${{ 'max-scale': '0' }}              | ${{ maxScale: 9 }} | ${Infinity} | ${true}
    ${{ 'max-scale': 'many' }}           | ${{ maxScale: 9 }} | ${9}        | ${false}
    ${{ 'max-scale': '-1' }}             | ${{}}              | ${Infinity} | ${true}
  `('of $annotations under $config is $value', ({ annotations, config, value, isUnlimited }) => {
    expect(effectiveMaxScale(source(annotations, config))).toMatchObject({ value, isUnlimited });
  });
});

it('says by which key a value stands, or by which it would', () => {
  expect(effectiveMinScale(source({ minScale: '3' }))).toEqual({
    value: 3,
    raw: '3',
    key: 'autoscaling.knative.dev/minScale',
    isSet: true,
    isReadable: true,
  });
  expect(effectiveMinScale(source({}, { minScale: 2 }))).toEqual({
    value: 2,
    raw: undefined,
    key: 'autoscaling.knative.dev/min-scale',
    isSet: false,
    isReadable: true,
  });
  expect(effectiveMinScale(source({ 'min-scale': 'x' }))).toMatchObject({ value: 0, isSet: true, isReadable: false });
});

describe('target', () => {
  it.each<{
    annotations: Record<string, string>;
    concurrency: number;
    value: number | undefined;
    asked: number | undefined;
  }>`
    annotations                        | concurrency | value        | asked
    ${{}}                              | ${0}        | ${100}       | ${undefined}
    ${{}}                              | ${10}       | ${10}        | ${undefined}
    ${{ target: '50' }}                | ${0}        | ${50}        | ${50}
    ${{ target: '50' }}                | ${10}       | ${10}        | ${50}
    ${{ target: '5' }}                 | ${10}       | ${5}         | ${5}
    ${{ target: 'x' }}                 | ${10}       | ${10}        | ${undefined}
    ${{ metric: 'rps' }}               | ${10}       | ${200}       | ${undefined}
    ${{ metric: 'rps', target: '50' }} | ${10}       | ${50}        | ${50}
    ${{ class: HPA }}                  | ${10}       | ${undefined} | ${undefined}
    ${{ class: HPA, target: '80' }}    | ${10}       | ${80}        | ${80}
  `(
    'of $annotations with containerConcurrency $concurrency is $value',
    ({ annotations, concurrency, value, asked }) => {
      const target = effectiveTarget(source(annotations, {}, concurrency));
      expect([target.value, target.asked]).toEqual([value, asked]);
    },
  );
});

it('takes the share of the target from the cluster, for requests a second from nowhere', () => {
  const config = { containerConcurrencyTargetFraction: 0.57 };
  expect(effectiveTargetUtilization(source({}, config)).value).toBe(57);
  expect(effectiveTargetUtilization(source({ metric: 'rps' }, config)).value).toBe(70);
  expect(effectiveTargetUtilization(source({ targetUtilizationPercentage: '90' }, config)).value).toBe(90);
});

it('ignores an initial scale of zero that the cluster does not allow', () => {
  expect(effectiveInitialScale(source({ 'initial-scale': '0' })).value).toBe(1);
  expect(effectiveInitialScale(source({ 'initial-scale': '0' }, { allowZeroInitialScale: true })).value).toBe(0);
});

it('reads durations as nanoseconds', () => {
  expect(effectiveWindow(source({ window: '2m' })).value).toBe(2n * MINUTE);
  expect(effectiveWindow(source({ window: '120' })).value).toBe(MINUTE);
});

it('knows the metric by the class', () => {
  expect(effectiveMetric(source({})).value).toBe('concurrency');
  expect(effectiveMetric(source({}, { podAutoscalerClass: HPA })).value).toBe('cpu');
  expect(effectiveMetric(source({ class: 'mine.example.com' })).value).toBe('');
});

it('never throws, whatever stands there', () => {
  const key = fc.constantFrom(...AUTOSCALING_ANNOTATIONS.flat(), '__proto__');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), fc.oneof(fc.integer(), fc.double()), (annotations, concurrency) => {
      const given = {
        annotations: JSON.parse(JSON.stringify(annotations)),
        path: PATH,
        config: DEFAULT_AUTOSCALER_CONFIG,
        containerConcurrency: concurrency,
      };
      for (const effective of EVERY) effective(given);
    }),
  );
});
