import { describe, expect, it } from '@jest/globals';
import {
  type AutoscalerConfig,
  autoscalerConfigOf,
  DEFAULT_AUTOSCALER_CONFIG,
  readAutoscalerConfig,
} from '../../../src/knative/autoscaling/config.ts';
import { SECOND } from '../../../src/knative/duration.ts';

describe('readAutoscalerConfig', () => {
  it.each<{ data: Record<string, string>; expected: Partial<AutoscalerConfig> }>`
    data                                                            | expected
    ${{}}                                                           | ${{}}
    ${{ _example: 'min-scale: 5' }}                                 | ${{}}
    ${{ 'max-scale': '10' }}                                        | ${{ maxScale: 10 }}
    ${{ 'stable-window': '2m' }}                                    | ${{ stableWindow: 120n * SECOND }}
    ${{ 'container-concurrency-target-percentage': '80' }}          | ${{ containerConcurrencyTargetFraction: 0.8 }}
    ${{ 'container-concurrency-target-percentage': '0.8' }}         | ${{ containerConcurrencyTargetFraction: 0.8 }}
    ${{ 'pod-autoscaler-class': ' hpa.autoscaling.knative.dev ' }}  | ${{ podAutoscalerClass: 'hpa.autoscaling.knative.dev' }}
    ${{ 'allow-zero-initial-scale': 'true', 'initial-scale': '0' }} | ${{ allowZeroInitialScale: true, initialScale: 0 }}
  `('of $data is $expected', ({ data, expected }) => {
    expect(readAutoscalerConfig(data)).toEqual({ config: { ...DEFAULT_AUTOSCALER_CONFIG, ...expected }, problems: [] });
  });

  it.each<{ data: Record<string, string>; problems: string[] }>`
    data                                            | problems
    ${{ 'min-scale': 'x', 'max-scale': '1.5' }}     | ${['failed to parse "min-scale": strconv.ParseInt: parsing "x": invalid syntax', 'failed to parse "max-scale": strconv.ParseInt: parsing "1.5": invalid syntax']}
    ${{ 'stable-window': '60' }}                    | ${['failed to parse "stable-window": time: missing unit in duration "60"']}
    ${{ 'max-scale-limit': '5' }}                   | ${['max-scale = 0, must be in [1, max-scale-limit(5)] range']}
    ${{ 'min-scale': '5', 'max-scale': '3' }}       | ${['min-scale (5) must be less than max-scale (3)']}
    ${{ 'initial-scale': '0' }}                     | ${['initial-scale = 0, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)']}
    ${{ 'stable-window': '5s', 'min-scale': '-1' }} | ${['stable-window = 5s, must be in [6s; 1h0m0s] range', 'min-scale = -1, must be at least 0']}
    ${{ 'target-burst-capacity': '-2' }}            | ${['target-burst-capacity must be either non-negative or -1 (for unlimited), was: -2.000000']}
  `('of $data complains of $problems', ({ data, problems }) => {
    expect(readAutoscalerConfig(data).problems.map((one) => one.message)).toEqual(problems);
  });

  it('keeps the default for what cannot be read', () => {
    expect(readAutoscalerConfig({ 'min-scale': 'x', 'max-scale': '7' }).config).toEqual({
      ...DEFAULT_AUTOSCALER_CONFIG,
      maxScale: 7,
    });
  });
});

it('reads the data of one settings object once', () => {
  const data = { 'max-scale': '7' };
  expect(autoscalerConfigOf(data)).toBe(autoscalerConfigOf(data));
  expect(autoscalerConfigOf(data).maxScale).toBe(7);
});
