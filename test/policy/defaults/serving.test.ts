import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../../src/knative/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { servingDefaults } from '../../../src/policy/defaults/serving.ts';
import type { ServingPolicy } from '../../../src/policy/model/serving.ts';
import { aPolicy, aService, fillsOf } from '../builders.ts';

const SPEC = '/spec/template/spec/';
const ALL: ServingPolicy = {
  timeoutSeconds: { default: 120 },
  responseStartTimeoutSeconds: { default: 60 },
  idleTimeoutSeconds: { default: 30 },
};

describe('serving defaults', () => {
  it.each<[JsonObject, ServingPolicy, Record<string, number>]>([
    [{}, ALL, { timeoutSeconds: 120, responseStartTimeoutSeconds: 60, idleTimeoutSeconds: 30 }],
    [{ timeoutSeconds: 40 }, ALL, { responseStartTimeoutSeconds: 40, idleTimeoutSeconds: 30 }],
    [{ idleTimeoutSeconds: 0, responseStartTimeoutSeconds: 200 }, ALL, { timeoutSeconds: 200 }],
    [{ responseStartTimeoutSeconds: 200 }, { timeoutSeconds: { default: 120, max: 150 } }, { timeoutSeconds: 150 }],
    [{}, { timeoutSeconds: { max: 120 } }, {}],
  ])('%j under %j gets %j', (podSpec, serving, expected) => {
    const fills = fillsOf(servingDefaults, aService({ podSpec }), aPolicy({ serving }));
    expect(Object.fromEntries(Object.entries(fills).map(([path, value]) => [path.replace(SPEC, ''), value]))).toEqual(
      expected,
    );
  });

  it('stay within what the cluster accepts', () => {
    const knative = {
      ...DEFAULT_SETTINGS,
      defaults: { 'max-revision-timeout-seconds': '90', 'revision-timeout-seconds': '60' },
    };
    const serving = { timeoutSeconds: { default: 120 } };
    expect(fillsOf(servingDefaults, aService(), aPolicy({ serving, knative }))).toEqual({
      [`${SPEC}timeoutSeconds`]: 90,
    });
  });

  it('set the rollout duration on the Service, unless either spelling is there', () => {
    const policy = aPolicy({ serving: { rolloutDuration: { default: '2m' } } });
    expect(fillsOf(servingDefaults, aService(), policy)).toEqual({
      '/metadata/annotations/serving.knative.dev~1rollout-duration': '2m',
    });
    const service = aService({ metadata: { annotations: { 'serving.knative.dev/rolloutDuration': '1m' } } });
    expect(fillsOf(servingDefaults, service, policy)).toEqual({});
  });
});
