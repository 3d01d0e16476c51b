import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { annotationsFor } from '../../../controllers/minScale/authors.ts';
import { readAutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';
import { annotationErrors } from '../../../src/knative/autoscaling/validate.ts';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { EffectivePolicy } from '../../../src/policy/engine/policy.ts';
import { withinLimits } from '../../../src/policy/scaling/within.ts';
import type { Scale } from '../../../src/schedule/model.ts';
import { autoscaling } from '../../controllers/schedule/shop.ts';

function policy(bounds: EffectivePolicy['autoscaling'], rest: Partial<EffectivePolicy> = {}): EffectivePolicy {
  return {
    name: 'prod',
    enforcement: 'deny',
    knative: DEFAULT_SETTINGS,
    actions: {},
    custom: [],
    sources: new Map(),
    ...(bounds === undefined ? {} : { autoscaling: bounds }),
    ...rest,
  };
}

const upTo20 = policy({ minScale: { min: 2, max: 20 }, maxScale: { min: 5, max: 50 }, target: { max: 100 } });
const off = policy({ minScale: { max: 20 } }, { actions: { 'autoscaling/min-scale': 'off' } });
const familyOff = policy({ minScale: { max: 20 } }, { actions: { 'autoscaling/*': 'off' } });
const limited = policy(undefined, { knative: { ...DEFAULT_SETTINGS, autoscaler: { 'max-scale-limit': '30' } } });

describe('a wanted scale', () => {
  it.each<{
    wanted: Scale;
    annotations: Readonly<Record<string, string | number>>;
    policy: EffectivePolicy | undefined;
    autoscaler: Readonly<Record<string, string>> | undefined;
    scale: Scale;
    cuts: string[];
  }>`
    wanted                            | annotations                  | policy       | autoscaler                     | scale                             | cuts
    ${{ minScale: 10 }}               | ${{}}                        | ${undefined} | ${undefined}                   | ${{ minScale: 10 }}               | ${[]}
    ${{ minScale: 21 }}               | ${{}}                        | ${upTo20}    | ${undefined}                   | ${{ minScale: 20 }}               | ${['min-scale 21 is cut to 20, the most that prod allows']}
    ${{ minScale: 0 }}                | ${{}}                        | ${upTo20}    | ${undefined}                   | ${{ minScale: 2 }}                | ${['min-scale 0 is raised to 2, the least that prod allows']}
    ${{ minScale: 21 }}               | ${{}}                        | ${off}       | ${undefined}                   | ${{ minScale: 21 }}               | ${[]}
    ${{ minScale: 21 }}               | ${{}}                        | ${familyOff} | ${undefined}                   | ${{ minScale: 21 }}               | ${[]}
    ${{ minScale: 10 }}               | ${{ 'max-scale': 8 }}        | ${upTo20}    | ${undefined}                   | ${{ minScale: 8 }}                | ${["min-scale 10 is cut to 8, the Revision's max-scale"]}
    ${{ minScale: 2 }}                | ${{ maxScale: 1 }}           | ${upTo20}    | ${undefined}                   | ${{ minScale: 1 }}                | ${["min-scale 2 is cut to 1, the Revision's max-scale"]}
    ${{ minScale: 10 }}               | ${{ 'max-scale': 0 }}        | ${undefined} | ${undefined}                   | ${{ minScale: 10 }}               | ${[]}
    ${{ minScale: 10 }}               | ${{}}                        | ${undefined} | ${{ 'max-scale': '6' }}        | ${{ minScale: 6 }}                | ${["min-scale 10 is cut to 6, the Revision's max-scale"]}
    ${{ minScale: 10 }}               | ${{ 'activation-scale': 4 }} | ${undefined} | ${undefined}                   | ${{ minScale: 4 }}                | ${["min-scale 10 is cut to 4, the Revision's activation-scale"]}
    ${{ minScale: 60, maxScale: 60 }} | ${{}}                        | ${upTo20}    | ${undefined}                   | ${{ minScale: 20, maxScale: 50 }} | ${['max-scale 60 is cut to 50, the most that prod allows', 'min-scale 60 is cut to 20, the most that prod allows']}
    ${{ maxScale: 0 }}                | ${{}}                        | ${upTo20}    | ${undefined}                   | ${{ maxScale: 50 }}               | ${['max-scale without a limit is cut to 50, the most that prod allows']}
    ${{ maxScale: 0 }}                | ${{}}                        | ${undefined} | ${undefined}                   | ${{ maxScale: 0 }}                | ${[]}
    ${{ maxScale: 40 }}               | ${{}}                        | ${limited}   | ${undefined}                   | ${{ maxScale: 30 }}               | ${["max-scale 40 is cut to 30, the cluster's max-scale-limit"]}
    ${{ maxScale: 40 }}               | ${{}}                        | ${limited}   | ${{ 'max-scale-limit': '35' }} | ${{ maxScale: 35 }}               | ${["max-scale 40 is cut to 35, the cluster's max-scale-limit"]}
    ${{ maxScale: 5 }}                | ${{ minScale: 8 }}           | ${undefined} | ${undefined}                   | ${{ maxScale: 8 }}                | ${["max-scale 5 is raised to 8, the Revision's own min-scale"]}
    ${{ maxScale: 5, minScale: 3 }}   | ${{ minScale: 8 }}           | ${undefined} | ${undefined}                   | ${{ maxScale: 5, minScale: 3 }}   | ${[]}
    ${{ maxScale: 3 }}                | ${{ 'activation-scale': 4 }} | ${undefined} | ${undefined}                   | ${{ maxScale: 4 }}                | ${["max-scale 3 is raised to 4, the Revision's activation-scale"]}
    ${{ target: 150 }}                | ${{}}                        | ${upTo20}    | ${undefined}                   | ${{ target: 100 }}                | ${['target 150 is cut to 100, the most that prod allows']}
    ${{ target: 150 }}                | ${{ metric: 'rps' }}         | ${upTo20}    | ${undefined}                   | ${{ target: 150 }}                | ${[]}
  `('$wanted of a Revision with $annotations is $scale', ({ wanted, annotations, policy, autoscaler, scale, cuts }) => {
    expect(withinLimits(wanted, autoscaling(annotations), { policy, autoscaler })).toEqual({ scale, cuts });
  });

  it.each([
    [150, { target: { max: 100 }, rpsTarget: { max: 1000 } }, 150],
    [1500, { target: { max: 100 }, rpsTarget: { max: 1000 } }, 1000],
    [1500, { target: { max: 100 } }, 1500],
    [1, { target: { min: 2 }, rpsTarget: { min: 10 } }, 2],
  ])('target %d of a Service that nobody knows, with %j, is %d', (target, bounds, left) => {
    const limits = { policy: policy(bounds), autoscaler: undefined };
    expect(withinLimits({ target }, undefined, limits).scale).toEqual({ target: left });
  });

  it('of a Service that nobody knows has the limits of the environment alone', () => {
    const limits = { policy: upTo20, autoscaler: { 'max-scale': '6' } };
    expect(withinLimits({ minScale: 30 }, undefined, limits).scale).toEqual({ minScale: 20 });
    expect(withinLimits({ minScale: 30 }, {}, limits).scale).toEqual({ minScale: 6 });
  });

  it("is never denied by Knative's webhook where the Revision itself was not", () => {
    const small = fc.integer({ min: 0, max: 12 });
    const some = (value: fc.Arbitrary<number>) => fc.option(value, { nil: undefined });
    const given = fc.record({ min: some(small), max: some(small), activation: some(fc.integer({ min: 2, max: 12 })) });
    const asked = fc.record({ minScale: small, maxScale: small, target: small }, { requiredKeys: [] });
    const bound = fc.integer({ min: 1, max: 12 });
    const limits = fc.record({ limit: small, min: some(bound), max: some(bound) });
    fc.assert(
      fc.property(given, asked, limits, ({ min, max, activation }, { target, ...wanted }, { limit, ...bounds }) => {
        const authored: Record<string, string> = {};
        if (min !== undefined) Object.assign(authored, autoscaling({ minScale: min }));
        if (max !== undefined) Object.assign(authored, autoscaling({ 'max-scale': max }));
        const own = {
          ...authored,
          ...(activation === undefined ? {} : autoscaling({ 'activation-scale': activation })),
        };
        const autoscaler = { 'max-scale-limit': `${limit}`, 'max-scale': `${limit}` };
        const { config } = readAutoscalerConfig(autoscaler);
        fc.pre(annotationErrors(own, config).length === 0);

        const whole = { ...wanted, ...(target === undefined ? {} : { target: target + 0.01 }) };
        const within = {
          ...(bounds.min === undefined ? {} : { min: bounds.min }),
          ...(bounds.max === undefined ? {} : { max: bounds.max }),
        };
        const { scale } = withinLimits(whole, own, {
          policy: policy({ minScale: within, maxScale: within }),
          autoscaler,
        });
        expect(annotationErrors({ ...own, ...annotationsFor(scale, authored) }, config)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
