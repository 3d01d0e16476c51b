import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '../../../src/kubernetes/json.ts';
import { aService, errorsOf } from './builders.ts';

function aRoute(traffic: JsonValue) {
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Route', metadata: { name: 'hello' }, spec: { traffic } };
}

describe('checkTraffic', () => {
  it.each<{ traffic: JsonValue; expected: readonly string[] }>`
    traffic                                                                          | expected
    ${[]}                                                                            | ${[]}
    ${[{ latestRevision: true, percent: 90 }, { revisionName: 'a-1', percent: 10 }]} | ${[]}
    ${[{ percent: 99 }]}                                                             | ${[': Traffic targets sum to 99, want 100']}
    ${[{ percent: 101 }, { percent: -1 }]}                                           | ${['/0/percent: expected 0 <= 101 <= 100', '/1/percent: expected 0 <= -1 <= 100']}
    ${[{ percent: 100, latestRevision: false }]}                                     | ${['/0/latestRevision: may not set revisionName "" when latestRevision is false']}
    ${[{ percent: 100, latestRevision: true, revisionName: 'a' }]}                   | ${['/0/latestRevision: may not set revisionName "a" when latestRevision is true']}
    ${[{ percent: 100, configurationName: 'a' }]}                                    | ${['/0/configurationName: must not set the field(s)']}
    ${[{ percent: 100, revisionName: 'a b' }]}                                       | ${['/0/revisionName: invalid key name "a b"']}
    ${[{ percent: 100, url: 'http://x' }]}                                           | ${['/0/url: must not set the field(s)']}
    ${[{ percent: 100, tag: 'a' }, { tag: 'a' }, { tag: 'b' }]}                      | ${['/1/tag: Multiple definitions for "a"']}
    ${[{ percent: 100, weight: 1 }]}                                                 | ${['/0/weight: unknown field "spec.traffic[0].weight"']}
  `('says $expected of $traffic', ({ traffic, expected }) => {
    expect(errorsOf(aService({ traffic }))).toEqual(expected.map((error) => `/spec/traffic${error}`));
  });

  it('wants tags that can stand in a host name', () => {
    const [error] = errorsOf(aService({ traffic: [{ percent: 100, tag: '1a' }] }));
    expect(error).toMatch(/^\/spec\/traffic\/0\/tag: invalid value: not a DNS 1035 label: \[a DNS-1035 label must/);
  });

  it.each<{ traffic: JsonValue; expected: readonly string[] }>`
    traffic                                                            | expected
    ${[{ percent: 100, configurationName: 'a' }]}                      | ${[]}
    ${[{ percent: 100 }]}                                              | ${['/0: expected exactly one, got neither: revisionName, configurationName']}
    ${[{ percent: 100, configurationName: 'a', revisionName: 'a-1' }]} | ${['/0: expected exactly one, got both: revisionName, configurationName']}
    ${[]}                                                              | ${[': Traffic targets sum to 0, want 100']}
  `('says $expected of a Route with $traffic', ({ traffic, expected }) => {
    expect(errorsOf(aRoute(traffic))).toEqual(expected.map((error) => `/spec/traffic${error}`));
  });
});
