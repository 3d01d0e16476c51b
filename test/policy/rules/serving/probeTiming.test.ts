import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import { probes } from '../../../../src/policy/rules/serving/probes.ts';
import { probeTiming } from '../../../../src/policy/rules/serving/probeTiming.ts';
import { aService, judgeBy, messages } from '../../builders.ts';

const handler: JsonObject = { httpGet: { path: '/health' } };

describe('serving/probe-timing', () => {
  it.each<[JsonObject, string[]]>([
    [{ livenessProbe: { ...handler, periodSeconds: 10, timeoutSeconds: 10 } }, []],
    [{ readinessProbe: { ...handler, successThreshold: 3 } }, []],
    [{ livenessProbe: { ...handler, timeoutSeconds: 20 } }, []],
    [{ livenessProbe: 'x', startupProbe: { successThreshold: '2' } }, []],
    [
      { readinessProbe: { ...handler, periodSeconds: 5, timeoutSeconds: 6 } },
      ['the readinessProbe of container 1 waits 6 s for an answer and asks every 5 s; set timeoutSeconds to 5 or less'],
    ],
    [
      { startupProbe: { ...handler, successThreshold: 2 } },
      ['the startupProbe of container 1 has successThreshold 2, and Kubernetes accepts 1 alone; leave it out'],
    ],
  ])('%j', (container, expected) => {
    expect(messages(judgeBy(probeTiming, aService({ container })))).toEqual(expected);
  });
});

describe('a readinessProbe without a handler', () => {
  it('is said to have none', () => {
    const service = aService({ container: { readinessProbe: { periodSeconds: 5 }, livenessProbe: handler } });
    expect(messages(judgeBy(probes, service))).toEqual([
      'the readinessProbe of container 1 has no handler, so that it asks nothing; add one, such as httpGet on /health',
    ]);
  });
});
