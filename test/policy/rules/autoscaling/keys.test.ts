import { describe, expect, it } from '@jest/globals';
import { autoscalingDefaults } from '../../../../src/policy/defaults/autoscaling.ts';
import { classKeys } from '../../../../src/policy/rules/autoscaling/classKeys.ts';
import { duplicateKey } from '../../../../src/policy/rules/autoscaling/duplicateKey.ts';
import { misplaced } from '../../../../src/policy/rules/autoscaling/misplaced.ts';
import { targetAboveConcurrency } from '../../../../src/policy/rules/autoscaling/targetAboveConcurrency.ts';
import { unknownKey } from '../../../../src/policy/rules/autoscaling/unknownKey.ts';
import { aPolicy, aService, judgeBy, messages, only, verdictOf } from '../../builders.ts';

const KEY = '/spec/template/metadata/annotations/autoscaling.knative.dev~1';
const HPA = { class: 'hpa.autoscaling.knative.dev' };

describe('autoscaling/unknown-key', () => {
  it.each<[key: string, replacement: string | undefined]>([
    ['minscale', 'min-scale'],
    ['mim-scale', 'min-scale'],
    ['max_scale', 'max-scale'],
    ['stable-window', 'window'],
    ['scale-to-zero-grace-period', undefined],
    ['something-else-entirely', undefined],
  ])('%s becomes %s', (key, replacement) => {
    const findings = judgeBy(unknownKey, aService({ annotations: { [key]: '60s' } }));
    expect(findings.map((finding) => finding.path)).toEqual([`${KEY}${key}`]);
    expect(findings[0]?.fix).toEqual(
      replacement === undefined
        ? undefined
        : [
            { op: 'remove', path: `${KEY}${key}` },
            { op: 'add', path: `${KEY}${replacement}`, value: '60s' },
          ],
    );
  });

  it.each<[Record<string, string>]>([
    [{ 'min-scale': '1', maxScale: '2', 'metric-aggregation-algorithm': 'linear' }],
    [{ 'example.com/min-scale': '1', 'sidecar.istio.io/inject': 'true', 'serving.knative.dev/creator': 'me' }],
    [{ ...HPA, 'prometheus-query': 'sum(x)', 'metric-type': 'Value' }],
    [{ class: 'somebody.example.com', 'own-setting': '1' }],
  ])('says nothing of %j', (annotations) => {
    expect(judgeBy(unknownKey, aService({ annotations }))).toEqual([]);
  });

  it('finds another group that was meant to be the autoscaler, also on the Service itself', () => {
    const service = aService({
      annotations: { 'autoscaling.knative.io/minScale': '1' },
      metadata: { annotations: { 'serving.knative.dev/max-scale': '5' } },
    });
    expect(judgeBy(unknownKey, service).map((finding) => finding.fix?.at(-1))).toEqual([
      { op: 'add', path: `${KEY}min-scale`, value: '1' },
      { op: 'add', path: `${KEY}max-scale`, value: '5' },
    ]);
  });

  it("takes a default's place, and never the author's", () => {
    const policy = aPolicy({ autoscaling: { minScale: { default: 2 } } });
    const catalogue = only({ rules: [unknownKey], defaulters: autoscalingDefaults });
    const fixOf = (annotations: Record<string, string>) =>
      verdictOf(catalogue, aService({ annotations }), policy).findings[0]?.fix;

    expect(fixOf({ minscale: '7' })).toContainEqual({ op: 'add', path: `${KEY}min-scale`, value: '7' });
    expect(fixOf({ minscale: '7', 'min-scale': '5' })).toEqual([{ op: 'remove', path: `${KEY}minscale` }]);
  });
});

describe('autoscaling/duplicate-key', () => {
  it('keeps the spelling that Knative reads', () => {
    const findings = judgeBy(
      duplicateKey,
      aService({ annotations: { minScale: '4', 'min-scale': '2', maxScale: '9' } }),
    );
    expect(messages(findings)).toEqual([
      'annotation "autoscaling.knative.dev/minScale" does nothing beside "autoscaling.knative.dev/min-scale", which Knative reads first; keep that one alone',
    ]);
    expect(findings[0]?.fix).toEqual([{ op: 'remove', path: `${KEY}minScale` }]);
  });
});

describe('autoscaling/target-above-concurrency', () => {
  it.each<[Record<string, string>, number, string[]]>([
    [{ target: '10' }, 10, []],
    [{ target: '11' }, 10, ['target is 11, above containerConcurrency 10, which is what counts; set it to 10']],
    [{ target: '11' }, 0, []],
    [{ target: '11', metric: 'rps' }, 10, []],
    [{ ...HPA, target: '80' }, 10, []],
    [{ target: 'much' }, 10, []],
  ])('%j with containerConcurrency %d gives %j', (annotations, containerConcurrency, expected) => {
    const service = aService({ annotations, podSpec: { containerConcurrency } });
    expect(messages(judgeBy(targetAboveConcurrency, service))).toEqual(expected);
  });
});

describe('autoscaling/class-keys', () => {
  it.each<[Record<string, string>, string[]]>([
    [
      { ...HPA, 'min-scale': '1', 'max-scale': '2', target: '80', metric: 'cpu', window: '60s', 'initial-scale': '2' },
      [],
    ],
    [
      { ...HPA, scaleDownDelay: '15m', 'panic-window-percentage': '10' },
      [`${KEY}scaleDownDelay`, `${KEY}panic-window-percentage`],
    ],
    [{ 'scale-down-delay': '15m' }, []],
  ])('%j gives findings at %j', (annotations, expected) => {
    expect(judgeBy(classKeys, aService({ annotations })).map((finding) => finding.path)).toEqual(expected);
  });
});

describe('autoscaling/misplaced', () => {
  const MIN = 'autoscaling.knative.dev/min-scale';

  it('is found on a Deployment, its template and on a Trigger, and goes', () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a', annotations: { [MIN]: '1' } },
      spec: { template: { metadata: { annotations: { [MIN]: '1' } }, spec: { containers: [] } } },
    };
    const trigger = {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name: 'a', annotations: { [MIN]: '1' } },
    };
    expect(judgeBy(misplaced, deployment).map((finding) => finding.path)).toEqual([
      '/metadata/annotations/autoscaling.knative.dev~1min-scale',
      `${KEY}min-scale`,
    ]);
    expect(judgeBy(misplaced, trigger)).toMatchObject([
      { fix: [{ op: 'remove', path: '/metadata/annotations/autoscaling.knative.dev~1min-scale' }] },
    ]);
  });

  it('moves a label of the template among the annotations', () => {
    expect(judgeBy(misplaced, aService({ labels: { [MIN]: '3' } }))).toMatchObject([
      {
        fix: [
          { op: 'remove', path: '/spec/template/metadata/labels/autoscaling.knative.dev~1min-scale' },
          { op: 'add', path: `${KEY}min-scale`, value: '3' },
        ],
      },
    ]);
  });

  it("leaves Knative's own refusal and KEDA's sources alone", () => {
    const source = {
      apiVersion: 'sources.knative.dev/v1',
      kind: 'KafkaSource',
      metadata: {
        name: 'a',
        annotations: { 'autoscaling.knative.dev/class': 'keda.autoscaling.knative.dev', [MIN]: '0' },
      },
    };
    expect(judgeBy(misplaced, source)).toEqual([]);
    expect(judgeBy(misplaced, aService({ metadata: { annotations: { [MIN]: '1' } } }))).toEqual([]);
  });
});
