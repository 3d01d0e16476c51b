import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aService, CONTAINER, errorsOf, withFeatures } from './builders.ts';

const POD = '/spec/template/spec/securityContext';
const open = { 'kubernetes.podspec-securitycontext': 'enabled' };
const secure = { 'secure-pod-defaults': 'enabled' };
const rootBounded = { 'secure-pod-defaults': 'AllowRootBounded' };

describe('checkPodSecurityContext', () => {
  it.each<{ features: Record<string, string>; context: JsonObject; expected: readonly string[] }>`
    features       | context                                           | expected
    ${open}        | ${{ runAsUser: 1000, fsGroup: 2000 }}             | ${[]}
    ${open}        | ${{ fsGroup: -1, supplementalGroups: [0, -2] }}   | ${['/fsGroup: expected 0 <= -1 <= 2147483647', '/supplementalGroups/1: expected 0 <= -2 <= 2147483647']}
    ${open}        | ${{ sysctls: [{ name: 'a', value: 'b' }] }}       | ${['/sysctls: must not set the field(s)']}
    ${secure}      | ${{ seccompProfile: { type: 'Unconfined' } }}     | ${[]}
    ${rootBounded} | ${{ seccompProfile: { type: 'RuntimeDefault' } }} | ${[]}
    ${secure}      | ${{ seccompProfile: { type: 'Localhost' } }}      | ${['/seccompProfile: must not set the field(s)']}
    ${secure}      | ${{ runAsNonRoot: false }}                        | ${['/runAsNonRoot: must not set the field(s)']}
    ${{}}          | ${{}}                                             | ${[': must not set the field(s)']}
  `('under $features says $expected of the pod with $context', ({ features, context, expected }) => {
    const errors = errorsOf(aService({ spec: { securityContext: context } }), withFeatures(features));
    expect(errors).toEqual(expected.map((error) => POD + error));
  });
});

describe('checkSecurityContext', () => {
  it.each<{ features: Record<string, string>; add: readonly string[]; isTaken: boolean }>`
    features       | add                                  | isTaken
    ${{}}          | ${['NET_BIND_SERVICE']}              | ${false}
    ${secure}      | ${['NET_BIND_SERVICE']}              | ${true}
    ${secure}      | ${['NET_BIND_SERVICE', 'SYS_ADMIN']} | ${false}
    ${rootBounded} | ${['NET_BIND_SERVICE']}              | ${true}
  `('under $features and the added capabilities $add: $isTaken', ({ features, add, isTaken }) => {
    const service = aService({ container: { securityContext: { capabilities: { add } } } });
    const refused = [`${CONTAINER}/securityContext/capabilities/add: must not set the field(s)`];
    expect(errorsOf(service, withFeatures(features))).toEqual(isTaken ? [] : refused);
  });
});
