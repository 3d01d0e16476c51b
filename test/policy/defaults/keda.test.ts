import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { kedaDefaults } from '../../../src/policy/defaults/keda.ts';
import { aPolicy, fillsOf } from '../builders.ts';
import { anAutoscaler, aScaledJob, aScaledObject } from '../rules/keda/builders.ts';

const policy = aPolicy({ keda: { minReplicaCount: { default: 2 }, maxReplicaCount: { default: 20 } } });
const timed = aPolicy({ keda: { pollingInterval: { default: 15 }, cooldownPeriod: { default: 60 } } });

describe('what a policy fills in for KEDA', () => {
  it.each<[object: JsonObject, expected: JsonObject]>([
    [aScaledObject(), { '/spec/minReplicaCount': 2, '/spec/maxReplicaCount': 20 }],
    [aScaledObject({ maxReplicaCount: 1 }), { '/spec/minReplicaCount': 1 }],
    [aScaledObject({ minReplicaCount: 30 }), { '/spec/maxReplicaCount': 30 }],
    [aScaledObject({ minReplicaCount: 0, maxReplicaCount: 5 }), {}],
    [aScaledObject({ idleReplicaCount: 4 }), { '/spec/minReplicaCount': 5, '/spec/maxReplicaCount': 20 }],
    [aScaledJob(), { '/spec/maxReplicaCount': 20 }],
  ])('%#', (object, expected) => {
    expect(fillsOf(kedaDefaults, object, policy)).toEqual(expected);
  });

  it('fills in times, a cooldown only where something goes to zero', () => {
    expect(fillsOf(kedaDefaults, aScaledObject(), timed)).toEqual({
      '/spec/pollingInterval': 15,
      '/spec/cooldownPeriod': 60,
    });
    expect(fillsOf(kedaDefaults, aScaledJob(), timed)).toEqual({ '/spec/pollingInterval': 15 });
  });

  it('leaves a HorizontalPodAutoscaler as it is', () => {
    expect(kedaDefaults.some((defaulter) => defaulter.kinds.some((kind) => kind.kind === anAutoscaler().kind))).toBe(
      false,
    );
  });
});
