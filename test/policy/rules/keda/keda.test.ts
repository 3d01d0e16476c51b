import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import type { Rule } from '../../../../src/policy/engine/rule.ts';
import { cooldownPeriod } from '../../../../src/policy/rules/keda/cooldownPeriod.ts';
import { maxReplicas } from '../../../../src/policy/rules/keda/maxReplicas.ts';
import { minReplicas } from '../../../../src/policy/rules/keda/minReplicas.ts';
import { pollingInterval } from '../../../../src/policy/rules/keda/pollingInterval.ts';
import { kedaRemovedApi } from '../../../../src/policy/rules/keda/removedApi.ts';
import { replicaOrder } from '../../../../src/policy/rules/keda/replicaOrder.ts';
import { aPolicy, judgeBy, messages, paths } from '../../builders.ts';
import { anAutoscaler, aScaledJob, aScaledObject } from './builders.ts';

const policy = aPolicy({
  keda: {
    minReplicaCount: { min: 1, max: 5 },
    maxReplicaCount: { min: 1, max: 50 },
    pollingInterval: { min: 5, max: 300 },
    cooldownPeriod: { min: 30, max: 3600 },
  },
});

const tooMany = 'ScaledObject orders has maxReplicaCount 51; prod allows at most 50';
const unbounded = "leaves maxReplicaCount out, which is 100, KEDA's own default; prod allows at most 50";

describe('bounds', () => {
  it.each<[rule: Rule, object: JsonObject, expected: string[]]>([
    [maxReplicas, aScaledObject({ maxReplicaCount: 50 }), []],
    [maxReplicas, aScaledObject({ maxReplicaCount: 51 }), [tooMany]],
    [maxReplicas, aScaledObject(), [`ScaledObject orders ${unbounded}`]],
    [maxReplicas, aScaledJob(), [`ScaledJob orders ${unbounded}`]],
    [maxReplicas, aScaledObject({ maxReplicaCount: '51' }), []],
    [
      maxReplicas,
      anAutoscaler({ maxReplicas: 100 }),
      ['HorizontalPodAutoscaler orders has maxReplicas 100; prod allows at most 50'],
    ],
    [maxReplicas, anAutoscaler(), []],
    [minReplicas, aScaledObject({ minReplicaCount: 1 }), []],
    [
      minReplicas,
      aScaledObject(),
      ["ScaledObject orders leaves minReplicaCount out, which is 0, KEDA's own default; prod asks for at least 1"],
    ],
    [
      minReplicas,
      aScaledObject({ minReplicaCount: 6 }),
      ['ScaledObject orders has minReplicaCount 6; prod allows at most 5'],
    ],
    [minReplicas, anAutoscaler(), []],
    [
      pollingInterval,
      aScaledObject({ pollingInterval: 1 }),
      ['ScaledObject orders has pollingInterval 1; prod asks for at least 5'],
    ],
    [pollingInterval, aScaledJob(), []],
    [
      cooldownPeriod,
      aScaledObject({ cooldownPeriod: 5 }),
      ['ScaledObject orders has cooldownPeriod 5; prod asks for at least 30'],
    ],
    [cooldownPeriod, aScaledObject(), []],
  ])('%# gives %j', (rule, object, expected) => {
    expect(messages(judgeBy(rule, object, policy))).toEqual(expected);
    expect(judgeBy(rule, object, aPolicy())).toEqual([]);
  });

  it('takes the smaller counts along when the largest is cut', () => {
    const scaled = aScaledObject({ maxReplicaCount: 90, minReplicaCount: 80, idleReplicaCount: 70 });
    expect(judgeBy(maxReplicas, scaled, policy)[0]?.fix).toEqual([
      { op: 'replace', path: '/spec/maxReplicaCount', value: 50 },
      { op: 'replace', path: '/spec/minReplicaCount', value: 50 },
      { op: 'replace', path: '/spec/idleReplicaCount', value: 49 },
    ]);
  });

  it('takes the largest along when the smallest is raised', () => {
    const strict = aPolicy({ keda: { minReplicaCount: { min: 3 } } });
    const [finding] = judgeBy(minReplicas, aScaledObject({ minReplicaCount: 1, maxReplicaCount: 2 }), strict);
    expect(finding?.fix).toEqual([
      { op: 'replace', path: '/spec/minReplicaCount', value: 3 },
      { op: 'replace', path: '/spec/maxReplicaCount', value: 3 },
    ]);
  });
});

describe('keda/replica-order', () => {
  it.each<[object: JsonObject, expected: string[]]>([
    [aScaledObject({ minReplicaCount: 5, maxReplicaCount: 5, idleReplicaCount: 4 }), []],
    [aScaledObject({ minReplicaCount: 6, maxReplicaCount: 5 }), ['/spec/minReplicaCount']],
    [aScaledObject({ minReplicaCount: 101 }), ['/spec/minReplicaCount']],
    [aScaledObject({ idleReplicaCount: 0 }), ['/spec/idleReplicaCount']],
    [aScaledObject({ idleReplicaCount: 0, minReplicaCount: 1 }), []],
    [anAutoscaler({ minReplicas: 3, maxReplicas: 2 }), ['/spec/minReplicas']],
    [anAutoscaler(), []],
  ])('%# gives %j', (object, expected) => {
    expect(paths(judgeBy(replicaOrder, object))).toEqual(expected);
  });
});

describe('keda/removed-api', () => {
  it.each<[apiVersion: string, fix: unknown]>([
    ['autoscaling/v2', 'nothing found'],
    ['autoscaling/v1', 'nothing found'],
    ['autoscaling/v2beta2', [{ op: 'replace', path: '/apiVersion', value: 'autoscaling/v2' }]],
    ['autoscaling/v2beta1', undefined],
  ])('%s', (apiVersion, fix) => {
    const findings = judgeBy(kedaRemovedApi, { ...anAutoscaler(), apiVersion });
    expect(findings.length === 0 ? 'nothing found' : findings[0]?.fix).toEqual(fix);
  });

  it('finds a ScaledObject of KEDA 1', () => {
    const old = { ...aScaledObject(), apiVersion: 'keda.k8s.io/v1alpha1' };
    expect(messages(judgeBy(kedaRemovedApi, old))).toEqual([
      'ScaledObject orders is of keda.k8s.io/v1alpha1, which is not served any more; write apiVersion keda.sh/v1alpha1',
    ]);
  });
});
