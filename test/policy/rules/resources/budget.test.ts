import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { EffectivePolicy } from '../../../../src/policy/engine/policy.ts';
import { budget } from '../../../../src/policy/rules/resources/budget.ts';
import { aPolicy, aService, judgeBy, messages } from '../../builders.ts';

const policy = aPolicy({ resources: { budget: { cpu: '20', memory: '50Gi' } } });
const bounded: EffectivePolicy = { ...policy, autoscaling: { maxScale: { max: 10 } } };
const MAX = '/spec/template/metadata/annotations/autoscaling.knative.dev~1max-scale';

function scaled(maxScale: string | undefined, requests: JsonObject, others: Record<string, string> = {}): JsonObject {
  const annotations = { ...others, ...(maxScale === undefined ? {} : { 'max-scale': maxScale }) };
  return aService({ annotations, container: { resources: { requests } } });
}

describe('resources/budget', () => {
  it.each<[string | undefined, JsonObject, EffectivePolicy, string[]]>([
    ['20', { cpu: '1' }, policy, []],
    [
      '21',
      { cpu: '1' },
      policy,
      [
        'at max-scale 21 the service takes 21 cpu (1 a pod), where prod gives one service 20; lower its requests, or max-scale to 20',
      ],
    ],
    [
      '100',
      { cpu: '1', memory: '1Gi' },
      policy,
      [
        'at max-scale 100 the service takes 100 cpu (1 a pod), where prod gives one service 20, and 100Gi memory (1Gi a pod), where prod gives one service 50Gi; lower its requests, or max-scale to 20',
      ],
    ],
    [
      undefined,
      { cpu: '1m' },
      policy,
      [
        'at max-scale unlimited the service takes unlimited cpu (1m a pod), where prod gives one service 20; lower its requests, or max-scale to 20000',
      ],
    ],
    [
      '1',
      { cpu: '21' },
      policy,
      [
        'at max-scale 1 the service takes 21 cpu (21 a pod), where prod gives one service 20; one pod alone requests too much',
      ],
    ],
    // What is over max-scale's own bound is that rule's.
    ['100', { cpu: '1' }, bounded, []],
    [undefined, { cpu: '1' }, bounded, []],
    ['100', {}, policy, []],
    ['100', { cpu: 'much' }, policy, []],
  ])('max-scale %s with %j', (maxScale, requests, judgedBy, expected) => {
    expect(messages(judgeBy(budget, scaled(maxScale, requests), judgedBy))).toEqual(expected);
  });

  it('lowers max-scale, but not below min-scale', () => {
    expect(judgeBy(budget, scaled('30', { cpu: '1' }), policy)[0]?.fix).toEqual([
      { op: 'replace', path: MAX, value: '20' },
    ]);
    expect(judgeBy(budget, scaled('30', { cpu: '1' }, { 'min-scale': '25' }), policy)[0]?.fix).toBeUndefined();
  });

  it('adds containers up, and takes an init container where it is larger', () => {
    const pod = (initCpu: string, restartPolicy?: string) => ({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/max-scale': '1' } },
          spec: {
            containers: [{ resources: { requests: { cpu: '9' } } }, { resources: { limits: { cpu: '9' } } }],
            initContainers: [
              { resources: { requests: { cpu: initCpu } }, ...(restartPolicy === undefined ? {} : { restartPolicy }) },
            ],
          },
        },
      },
    });
    expect(judgeBy(budget, pod('20'), policy)).toEqual([]);
    expect(judgeBy(budget, pod('21'), policy)).toHaveLength(1);
    expect(judgeBy(budget, pod('3', 'Always'), policy)).toHaveLength(1);
  });
});
