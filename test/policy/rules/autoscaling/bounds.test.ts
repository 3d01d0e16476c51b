import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../../src/knative/settings.ts';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import type { AutoscalingPolicy } from '../../../../src/policy/model/autoscaling.ts';
import { autoscalingRules } from '../../../../src/policy/rules/autoscaling/index.ts';
import { aPolicy, aService, messages, only, verdictOf } from '../../builders.ts';

const HPA = { class: 'hpa.autoscaling.knative.dev' };

function policyOf(autoscaling: AutoscalingPolicy, autoscaler: Record<string, string> = {}): EffectivePolicy {
  return aPolicy({ autoscaling, knative: { ...DEFAULT_SETTINGS, autoscaler } });
}

function said(annotations: Record<string, string>, policy: EffectivePolicy, podSpec: JsonObject = {}): string[] {
  return messages(verdictOf(only({ rules: autoscalingRules }), aService({ annotations, podSpec }), policy).findings);
}

describe('autoscaling bounds', () => {
  it.each<[Record<string, string>, AutoscalingPolicy, string[]]>([
    [{ 'min-scale': '2' }, { minScale: { min: 1, max: 20 } }, []],
    [{ 'min-scale': '0' }, { minScale: { min: 1 } }, ['min-scale is 0, and prod requires at least 1']],
    [{ minScale: '21' }, { minScale: { max: 20 } }, ['min-scale is 21, and prod allows at most 20']],
    [{}, { minScale: { min: 1 } }, ['min-scale is 0 by default, and prod requires at least 1']],
    // A HorizontalPodAutoscaler keeps one pod whatever is written.
    [{ ...HPA, 'min-scale': '0' }, { minScale: { min: 1 } }, []],
    [{ 'max-scale': '20' }, { maxScale: { max: 20 } }, []],
    [{ maxScale: '21' }, { maxScale: { max: 20 } }, ['max-scale is 21, and prod allows at most 20']],
    [{ 'max-scale': '0' }, { maxScale: { max: 20 } }, ['max-scale is unlimited, and prod allows at most 20']],
    [{}, { maxScale: { max: 20 } }, ['max-scale is unlimited by default, and prod allows at most 20']],
    [{ ...HPA, 'max-scale': '21' }, { maxScale: { max: 20 } }, ['max-scale is 21, and prod allows at most 20']],
    [{ 'max-scale': 'many' }, { maxScale: { max: 20 } }, []], // Knative's own refusal
    [{ 'initial-scale': '3' }, { initialScale: { max: 2 } }, ['initial-scale is 3, and prod allows at most 2']],
    [{}, { initialScale: { min: 2 } }, ['initial-scale is 1 by default, and prod requires at least 2']],
    [
      { 'activation-scale': '5' },
      { activationScale: { max: 4 } },
      ['activation-scale is 5, and prod allows at most 4'],
    ],
    [{}, { activationScale: { min: 2 } }, []],
    [
      { 'activation-scale': '9' },
      { maxScale: { max: 5 } },
      [
        'max-scale is unlimited by default, and prod allows at most 5',
        'activation-scale is 9, and prod allows at most 5',
      ],
    ],
    [{ target: '200' }, { target: { max: 100 } }, ['target is 200, and prod allows at most 100']],
    [{}, { target: { max: 50 } }, ['target is 100 by default, and prod allows at most 50']],
    [{ target: '200', metric: 'rps' }, { target: { max: 100 } }, []],
    [{ target: '200', metric: 'rps' }, { rpsTarget: { max: 100 } }, ['target is 200, and prod allows at most 100']],
    [{ ...HPA, target: '200' }, { target: { max: 100 } }, []],
    [
      { 'target-utilization-percentage': '95' },
      { targetUtilization: { max: 90 } },
      ['target-utilization-percentage is 95, and prod allows at most 90'],
    ],
    [
      { 'target-burst-capacity': '-1' },
      { targetBurstCapacity: { max: 500 } },
      ['target-burst-capacity is -1, which is unlimited, and prod allows at most 500'],
    ],
    [{ 'target-burst-capacity': '0' }, { targetBurstCapacity: { max: -1 } }, []],
    [{ window: '30m' }, { window: { max: '10m' } }, ['window is 30m, and prod allows at most 10m']],
    [{}, { window: { max: '30s' } }, ['window is 1m0s by default, and prod allows at most 30s']],
    [HPA, { window: { max: '30s' } }, []],
    [{ ...HPA, window: '60s' }, { window: { max: '30s' } }, ['window is 60s, and prod allows at most 30s']],
    [{ window: '2h' }, { window: { max: '10m' } }, []], // Knative's own refusal
    [
      { scaleDownDelay: '16m' },
      { scaleDownDelay: { max: '15m' } },
      ['scale-down-delay is 16m, and prod allows at most 15m'],
    ],
    [{}, { scaleDownDelay: { min: '10s' } }, ['scale-down-delay is 0s by default, and prod requires at least 10s']],
    [HPA, { scaleDownDelay: { min: '10s' } }, []],
    [
      { 'scale-to-zero-pod-retention-period': '1h' },
      { podRetention: { max: '15m' } },
      ['scale-to-zero-pod-retention-period is 1h, and prod allows at most 15m'],
    ],
    [
      { 'panic-window-percentage': '80' },
      { panicWindowPercentage: { max: 50 } },
      ['panic-window-percentage is 80, and prod allows at most 50'],
    ],
    [
      { panicThresholdPercentage: '110' },
      { panicThresholdPercentage: { min: 150 } },
      ['panic-threshold-percentage is 110, and prod requires at least 150'],
    ],
    [
      { class: 'somebody.example.com' },
      { classes: ['kpa.autoscaling.knative.dev'] },
      ['autoscaler class is somebody.example.com, and prod allows kpa.autoscaling.knative.dev'],
    ],
    [HPA, { metrics: ['rps'] }, ['autoscaler metric is cpu by default, and prod allows rps']],
    [{ metric: 'rps' }, { metrics: ['rps'] }, []],
  ])('%j under %j gives %j', (annotations, autoscaling, expected) => {
    expect(said(annotations, policyOf(autoscaling))).toEqual(expected);
  });

  it.each<[number | undefined, string[]]>([
    [undefined, ['containerConcurrency is unlimited, and prod allows at most 200']],
    [0, ['containerConcurrency is unlimited, and prod allows at most 200']],
    [200, []],
    [201, ['containerConcurrency is 201, and prod allows at most 200']],
    [5000, []], // above config-defaults' container-concurrency-max-limit: Knative's own refusal
  ])('containerConcurrency %s gives %j', (containerConcurrency, expected) => {
    const podSpec = containerConcurrency === undefined ? {} : { containerConcurrency };
    expect(said({}, policyOf({ containerConcurrency: { max: 200 } }), podSpec)).toEqual(expected);
  });

  it('takes containerConcurrency for a target that is not written', () => {
    const policy = policyOf({ target: { max: 100 } });
    expect(said({}, policy, { containerConcurrency: 500 })).toEqual([
      'target is 500 by default, and prod allows at most 100',
    ]);
    expect(said({}, policy, { containerConcurrency: 80 })).toEqual([]);
  });

  it("counts the cluster's own config-autoscaler", () => {
    const policy = policyOf({ minScale: { min: 1 }, maxScale: { max: 20 } }, { 'min-scale': '1', 'max-scale': '10' });
    expect(said({}, policy)).toEqual([]);
    expect(said({ 'max-scale': '0' }, policy)).toEqual(['max-scale is unlimited, and prod allows at most 20']);
  });

  it('says nothing of a Service without a template', () => {
    const service = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'a' }, spec: {} };
    const policy = policyOf({ minScale: { min: 1 }, maxScale: { max: 20 }, containerConcurrency: { max: 1 } });
    expect(verdictOf(only({ rules: autoscalingRules }), service, policy).findings).toEqual([]);
  });
});

describe('their fixes', () => {
  const KEY = '/spec/template/metadata/annotations/autoscaling.knative.dev~1';
  const bounds: AutoscalingPolicy = { minScale: { min: 2, max: 20 }, maxScale: { min: 1, max: 50 } };

  it.each<[string, Record<string, string>, Record<string, string>, object[]]>([
    [
      'raise max-scale along with min-scale',
      { 'min-scale': '1', 'max-scale': '1' },
      {},
      [
        { op: 'replace', path: `${KEY}min-scale`, value: '2' },
        { op: 'replace', path: `${KEY}max-scale`, value: '2' },
      ],
    ],
    [
      "keep the author's spelling",
      { minScale: '0', maxScale: '9' },
      {},
      [{ op: 'replace', path: `${KEY}minScale`, value: '2' }],
    ],
    [
      'lower activation-scale along with max-scale',
      { 'min-scale': '2', 'max-scale': '60', 'activation-scale': '55' },
      {},
      [
        { op: 'replace', path: `${KEY}max-scale`, value: '50' },
        { op: 'replace', path: `${KEY}activation-scale`, value: '50' },
      ],
    ],
    [
      'keep within the limit of the cluster',
      { 'min-scale': '2', 'max-scale': '60' },
      { 'max-scale-limit': '70', 'max-scale': '70' },
      [{ op: 'replace', path: `${KEY}max-scale`, value: '50' }],
    ],
  ])('%s', (_, annotations, autoscaler, expected) => {
    const { findings } = verdictOf(
      only({ rules: autoscalingRules }),
      aService({ annotations }),
      policyOf(bounds, autoscaler),
    );
    expect(findings[0]?.fix ?? []).toEqual(expected);
  });
});
