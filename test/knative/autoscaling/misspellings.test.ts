import { expect, it } from '@jest/globals';
import { AUTOSCALING_ANNOTATIONS, annotationOfKey } from '../../../src/knative/autoscaling/annotations.ts';
import { AUTOSCALER_CONFIG_KEYS } from '../../../src/knative/autoscaling/config.ts';
import { suggestAutoscalingKey } from '../../../src/knative/autoscaling/misspellings.ts';
import { nearest } from '../../../src/text/nearest.ts';

it.each<{ key: string; replacement: string | undefined }>`
  key                                                     | replacement
  ${'autoscaling.knative.dev/minscale'}                   | ${'min-scale'}
  ${'autoscaling.knative.dev/min_scale'}                  | ${'min-scale'}
  ${'autoscaling.knative.dev/Min-Scale'}                  | ${'min-scale'}
  ${'autoscaling.knative.dev/max-scal'}                   | ${'max-scale'}
  ${'autoscaling.knative.dev/maxReplicas'}                | ${'max-scale'}
  ${'autoscaling.knative.dev/activationScale'}            | ${'activation-scale'}
  ${'autoscaling.knative.dev/stable-window'}              | ${'window'}
  ${'autoscaling.knative.dev/pod-autoscaler-class'}       | ${'class'}
  ${'autoscaling.knative.dev/target-utilization'}         | ${'target-utilization-percentage'}
  ${'autoscaling.knative.dev/scale-to-zero-grace-period'} | ${undefined}
  ${'autoscaling.knative.dev/panic-window'}               | ${undefined}
  ${'autoscaling.knative.dev/container-concurrency'}      | ${undefined}
  ${'autoscaling.knative.dev/something-else-entirely'}    | ${undefined}
  ${'autoscaling.knative.dev.min-scale'}                  | ${'min-scale'}
  ${'autoscaling.knative.dev'}                            | ${undefined}
  ${'autoscaling.knative.com/target'}                     | ${'target'}
  ${'autoscale.knative.dev/minScale'}                     | ${'min-scale'}
  ${'serving.knative.dev/minScale'}                       | ${'min-scale'}
  ${'knative.dev/max-scale'}                              | ${'max-scale'}
  ${'max-scale'}                                          | ${'max-scale'}
`('$key becomes $replacement', ({ key, replacement }) => {
  const suggestion = suggestAutoscalingKey(key, nearest);
  expect(suggestion).toBeDefined();
  expect(suggestion?.replacement).toBe(
    replacement === undefined ? undefined : `autoscaling.knative.dev/${replacement}`,
  );
});

it.each<{ key: string }>`
  key
  ${'autoscaling.knative.dev/min-scale'}
  ${'autoscaling.knative.dev/minScale'}
  ${'serving.knative.dev/rollout-duration'}
  ${'serving.knative.dev/creator'}
  ${'networking.knative.dev/ingress-class'}
  ${'eventing.knative.dev/broker.class'}
  ${'features.knative.dev/http-full-duplex'}
  ${'client.knative.dev/user-image'}
  ${'example.com/class'}
  ${'example.com/min-scale'}
  ${'target'}
  ${'__proto__'}
  ${''}
`('$key is left alone', ({ key }) => {
  expect(suggestAutoscalingKey(key, nearest)).toBeUndefined();
});

it('says what a setting of the cluster is, and what to write for one service', () => {
  expect(suggestAutoscalingKey('autoscaling.knative.dev/scale-to-zero-grace-period', nearest)?.advice).toBe(
    'that is a setting of the whole cluster (config-autoscaler); for how long the last pod stays, use "autoscaling.knative.dev/scale-to-zero-pod-retention-period"',
  );
  expect(suggestAutoscalingKey('autoscaling.knative.dev/what-is-this-for', nearest)?.advice).toBe(
    'Knative has no such setting, and ignores it',
  );
});

it('has an answer of its own for every setting of config-autoscaler', () => {
  const none = () => undefined;
  for (const setting of AUTOSCALER_CONFIG_KEYS) {
    const key = `autoscaling.knative.dev/${setting}`;
    if (annotationOfKey(key) !== undefined) continue;
    expect([setting, suggestAutoscalingKey(key, none)?.advice]).not.toEqual([
      setting,
      'Knative has no such setting, and ignores it',
    ]);
  }
});

it('only ever proposes keys that Knative reads', () => {
  const keys = new Set(AUTOSCALING_ANNOTATIONS.map(([key]) => key));
  for (const name of [
    'min',
    'max',
    'utilization',
    'stable-window',
    'cooldown-period',
    'retention-period',
    'scaling-metric',
  ]) {
    const { replacement } = suggestAutoscalingKey(`autoscaling.knative.dev/${name}`, nearest) ?? {};
    expect(keys.has(replacement ?? '')).toBe(true);
  }
});
