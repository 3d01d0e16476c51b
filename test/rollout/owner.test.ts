/** Who wrote spec.traffic, what it says, and whether two Revisions are alike. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import { fingerprintOf } from '../../src/rollout/fingerprint.ts';
import { FIELD_MANAGER, trafficOwner } from '../../src/rollout/owner.ts';
import { isSameTraffic, readTraffic, trafficJson, trafficOf } from '../../src/rollout/traffic.ts';

const PINNED = [{ revisionName: 'api-service-00001', latestRevision: false, percent: 100 }];
const LATEST = [{ latestRevision: true, percent: 100 }];
const TRAFFIC = { 'f:spec': { 'f:traffic': {} } };

function entry(manager: string, operation: string, parts: JsonObject = {}): JsonObject {
  return {
    manager,
    operation,
    apiVersion: 'serving.knative.dev/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: TRAFFIC,
    ...parts,
  };
}

function aService(
  managedFields: readonly JsonObject[],
  traffic: readonly JsonObject[] = PINNED,
  applied?: string,
): JsonObject {
  const annotations = applied === undefined ? {} : { 'kubectl.kubernetes.io/last-applied-configuration': applied };
  return { metadata: { name: 'api-service', managedFields, annotations }, spec: { traffic } };
}

describe('the owner of spec.traffic', () => {
  it.each<[string, JsonObject, string]>([
    ['nobody, where Knative has filled it in', aService([], LATEST), 'nobody'],
    [
      'nobody, where the default came with somebody else',
      aService([entry('kubectl-create', 'Update')], LATEST),
      'nobody kubectl-create',
    ],
    ['nobody, where there is none', { metadata: {}, spec: {} }, 'nobody'],
    ['the rollout', aService([entry(FIELD_MANAGER, 'Apply')]), 'ours'],
    [
      'the rollout, whatever others write beside it',
      aService([
        entry('kubectl-edit', 'Update', { fieldsV1: { 'f:spec': { 'f:template': {} } } }),
        entry(FIELD_MANAGER, 'Apply'),
      ]),
      'ours',
    ],
    [
      'the rollout, whoever writes the status',
      aService([entry('controller', 'Update', { subresource: 'status' }), entry(FIELD_MANAGER, 'Apply')]),
      'ours',
    ],
    ['a person', aService([entry('kubectl-edit', 'Update')]), 'person kubectl-edit'],
    ['Git, by server-side apply', aService([entry('argocd-controller', 'Apply')], LATEST), 'git argocd-controller'],
    ['Git, beside the rollout', aService([entry(FIELD_MANAGER, 'Apply'), entry('flux', 'Apply')]), 'git flux'],
    [
      'Git, by what was last applied',
      aService([entry(FIELD_MANAGER, 'Apply')], PINNED, JSON.stringify({ spec: { traffic: LATEST } })),
      'git kubectl apply',
    ],
    [
      'nobody, where what was applied has none',
      aService([], LATEST, JSON.stringify({ spec: { template: {} } })),
      'nobody',
    ],
    ['nobody, where what was applied cannot be read', aService([], LATEST, '{'), 'nobody'],
    [
      'nobody, whatever stands there',
      { metadata: { managedFields: [7, null, { fieldsV1: [] }] }, spec: { traffic: 'x' } },
      'nobody',
    ],
  ])('is %s', (_, service, expected) => {
    const owner = trafficOwner(service);
    expect('manager' in owner ? `${owner.kind} ${owner.manager}` : owner.kind).toBe(expected);
  });
});

describe('spec.traffic', () => {
  it('is written as it was read', () => {
    const written = trafficJson(
      readTraffic([...PINNED, { revisionName: 'api-service-00002', percent: 0, tag: 'candidate' }]),
    );
    expect(written).toEqual([
      { revisionName: 'api-service-00001', latestRevision: false, percent: 100 },
      { revisionName: 'api-service-00002', latestRevision: false, percent: 0, tag: 'candidate' },
    ]);
  });

  it('is all to the latest Revision where there is none', () => {
    expect(trafficOf({ spec: {} })).toEqual([{ revision: undefined, percent: 100, tag: undefined }]);
  });

  it('is the same in another order, and another with another tag', () => {
    const two = readTraffic([...PINNED, { revisionName: 'b', percent: 0, tag: 'candidate' }]);
    expect(isSameTraffic(two, [...two].reverse())).toBe(true);
    expect(isSameTraffic(two, readTraffic(PINNED))).toBe(false);
    expect(isSameTraffic(readTraffic(PINNED), readTraffic([...PINNED, { revisionName: 'b', percent: 0 }]))).toBe(true);
  });
});

describe('a fingerprint', () => {
  const revision = (
    annotations: JsonObject,
    spec: JsonObject = { containers: [{ image: 'a' }] },
    labels: JsonObject = {},
  ) => ({
    metadata: { annotations, labels },
    spec,
  });
  const print = fingerprintOf(revision({ 'autoscaling.knative.dev/min-scale': '2' }), undefined);

  it.each<[string, JsonObject, Record<string, string> | undefined, boolean]>([
    [
      'what Knative writes',
      revision({
        'autoscaling.knative.dev/min-scale': '2',
        'serving.knative.dev/creator': 'me',
        'client.knative.dev/updateTimestamp': 'now',
      }),
      undefined,
      true,
    ],
    [
      'a generation',
      revision({ 'autoscaling.knative.dev/min-scale': '2' }, undefined, {
        'serving.knative.dev/configurationGeneration': '7',
      }),
      undefined,
      true,
    ],
    [
      'a claim',
      revision({ 'autoscaling.knative.dev/min-scale': '9' }),
      { 'autoscaling.knative.dev/min-scale': '2' },
      true,
    ],
    [
      'an image',
      revision({ 'autoscaling.knative.dev/min-scale': '2' }, { containers: [{ image: 'b' }] }),
      undefined,
      false,
    ],
    ['a min-scale of its author', revision({ 'autoscaling.knative.dev/min-scale': '3' }), undefined, false],
    ['a label', revision({ 'autoscaling.knative.dev/min-scale': '2' }, undefined, { team: 'shop' }), undefined, false],
  ])('does not differ by %s unless it has to', (_, other, authored, isSame) => {
    expect(fingerprintOf(other, authored) === print).toBe(isSame);
  });

  it('does not hang on the order of keys', () => {
    const [one, other] = [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ];
    expect(fingerprintOf(revision({}, one), undefined)).toBe(fingerprintOf(revision({}, other), undefined));
  });
});
