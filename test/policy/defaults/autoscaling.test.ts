import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject, JsonValue } from '../../../src/kubernetes/json.ts';
import { autoscalingDefaults } from '../../../src/policy/defaults/autoscaling.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import type { AutoscalingPolicy } from '../../../src/policy/model/autoscaling.ts';
import { minScale } from '../../../src/policy/rules/autoscaling/scales.ts';
import { aPolicy, aService, fillsOf, only, verdictOf } from '../builders.ts';

const KEY = '/spec/template/metadata/annotations/autoscaling.knative.dev~1';
const SCALE: AutoscalingPolicy = { minScale: { default: 2 }, maxScale: { default: 20 } };
const HPA = { class: 'hpa.autoscaling.knative.dev' };

/** What is filled in, by the annotation's name. */
function filled(
  annotations: JsonObject,
  policy: EffectivePolicy,
  parts: { podSpec?: JsonObject; container?: JsonObject } = {},
) {
  const fills = fillsOf(
    autoscalingDefaults,
    aService({ annotations: annotations as Record<string, JsonValue>, ...parts }),
    policy,
  );
  return Object.fromEntries(Object.entries(fills).map(([path, value]) => [path.replace(KEY, ''), value]));
}

describe('autoscaling defaults', () => {
  it.each<[string, JsonObject, AutoscalingPolicy, JsonObject]>([
    ['fill in what is absent', {}, SCALE, { 'min-scale': '2', 'max-scale': '20' }],
    ['leave either spelling', { minScale: '1', maxScale: '3' }, SCALE, {}],
    ["keep min at the author's max", { 'max-scale': '1' }, SCALE, { 'min-scale': '1' }],
    ['know that 0 is no limit', { 'max-scale': '0' }, SCALE, { 'min-scale': '2' }],
    ["raise max to the author's min", { 'min-scale': '30' }, SCALE, { 'max-scale': '30' }],
    [
      "raise max to the author's activation-scale",
      { 'activation-scale': '25' },
      SCALE,
      { 'max-scale': '25', 'min-scale': '2' },
    ],
    [
      "keep min at the author's activation-scale",
      { 'activation-scale': '2' },
      { minScale: { default: 3 } },
      { 'min-scale': '2' },
    ],
    ['read a number without quotes as it was meant', { 'max-scale': 1 }, SCALE, { 'min-scale': '1' }],
    ['keep initial-scale at max', { 'max-scale': '2' }, { initialScale: { default: 3 } }, { 'initial-scale': '2' }],
    ['raise initial-scale where 0 is not allowed', {}, { initialScale: { default: 0 } }, { 'initial-scale': '1' }],
    [
      'raise activation-scale to min',
      { 'min-scale': '4' },
      { activationScale: { default: 2 } },
      { 'activation-scale': '4' },
    ],
    [
      'leave activation-scale out where max leaves no room',
      { 'max-scale': '1' },
      { activationScale: { default: 2 } },
      {},
    ],
    [
      'give the HPA class what it reads',
      HPA,
      { ...SCALE, target: { default: 100 }, scaleDownDelay: { default: '60s' }, window: { default: '60s' } },
      { 'min-scale': '2', 'max-scale': '20' },
    ],
    [
      'give rps a target of its own',
      { metric: 'rps' },
      { target: { default: 100 }, rpsTarget: { default: 500 } },
      { target: '500' },
    ],
    ['give rps no target of concurrency', { metric: 'rps' }, { target: { default: 100 } }, {}],
    [
      'fill in the timing',
      {},
      { scaleDownDelay: { default: '60s' }, podRetention: { default: '1m' }, panicWindowPercentage: { default: 10 } },
      { 'scale-down-delay': '60s', 'scale-to-zero-pod-retention-period': '1m', 'panic-window-percentage': '10' },
    ],
  ])('%s', (_, annotations, autoscaling, expected) => {
    expect(filled(annotations, aPolicy({ autoscaling }))).toEqual(expected);
  });

  it.each<[number | undefined, Record<string, string>, AutoscalingPolicy, Record<string, JsonValue>]>([
    [10, {}, { target: { default: 100 } }, { target: '10' }],
    [0, {}, { target: { default: 100 } }, { target: '100' }],
    [-4, {}, { target: { default: 100 } }, { target: '100' }],
    [0.5, {}, { target: { default: 100 } }, { target: '100' }],
    [
      undefined,
      { target: '150' },
      { containerConcurrency: { default: 100, max: 200 } },
      { '/spec/template/spec/containerConcurrency': 150 },
    ],
    [
      undefined,
      { target: '150' },
      { containerConcurrency: { default: 100, max: 120 } },
      { '/spec/template/spec/containerConcurrency': 120 },
    ],
    [
      undefined,
      {},
      { containerConcurrency: { default: 40 }, target: { default: 100 } },
      { '/spec/template/spec/containerConcurrency': 40, target: '40' },
    ],
    [undefined, HPA, { containerConcurrency: { default: 40 } }, { '/spec/template/spec/containerConcurrency': 40 }],
  ])('containerConcurrency %s with %j under %j', (containerConcurrency, annotations, autoscaling, expected) => {
    const podSpec = containerConcurrency === undefined ? {} : { containerConcurrency };
    expect(filled(annotations, aPolicy({ autoscaling }), { podSpec })).toEqual(expected);
  });

  it('heed what the cluster will fill in or refuse', () => {
    const limited = { ...DEFAULT_SETTINGS, autoscaler: { 'max-scale': '5', 'max-scale-limit': '10' } };
    expect(filled({}, aPolicy({ autoscaling: SCALE, knative: limited }))).toEqual({
      'min-scale': '2',
      'max-scale': '10',
    });
    const concurrent = { ...DEFAULT_SETTINGS, defaults: { 'container-concurrency': '10' } };
    expect(filled({}, aPolicy({ autoscaling: { target: { default: 100 } }, knative: concurrent }))).toEqual({
      target: '10',
    });
  });

  it('give a service as many pods as the budget holds', () => {
    const resources = { requests: { cpu: { default: '1' } }, budget: { cpu: '8' } };
    const policy = aPolicy({ autoscaling: SCALE, resources });
    expect(filled({}, policy)).toMatchObject({ 'max-scale': '8' });
    expect(filled({}, policy, { container: { resources: { requests: { cpu: '4' } } } })).toMatchObject({
      'max-scale': '2',
    });
    expect(filled({ 'min-scale': '9' }, policy)).toEqual({ 'max-scale': '9' });
  });

  it('say why a value was bent', () => {
    const policy = aPolicy({ autoscaling: SCALE });
    const { defaults } = verdictOf(
      only({ rules: [minScale], defaulters: autoscalingDefaults }),
      aService({ annotations: { 'max-scale': '1' } }),
      policy,
    );
    expect(defaults).toEqual([
      { path: `${KEY}min-scale`, value: '1', source: "policy prod (kept at the author's max-scale)" },
    ]);
  });
});
