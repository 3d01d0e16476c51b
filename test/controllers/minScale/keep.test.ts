import { describe, expect, it } from '@jest/globals';
import { keepPodAutoscaler, keepRevision, keepService } from '../../../controllers/minScale/keep.ts';
import { TRACE_ANNOTATION } from '../../../controllers/minScale/trace.ts';
import { isKeptByUs } from '../../../controllers/rollout/keep.ts';
import { equals, type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { trafficOwner } from '../../../src/rollout/owner.ts';

const IDENTITY = { name: 'cart-00001', namespace: 'shop', uid: 'u-1', resourceVersion: '7', generation: 1 };
const MIN = 'autoscaling.knative.dev/min-scale';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const GENERATION = 'serving.knative.dev/configurationGeneration';
const READY = { type: 'Ready', status: 'True' };

function aRevision({ labels = {}, annotations = {}, managedFields = [], spec = { containers: [] }, status = {} } = {}) {
  return {
    metadata: {
      ...IDENTITY,
      creationTimestamp: '2026-05-04T08:00:00Z',
      labels: { 'serving.knative.dev/service': 'cart', [GENERATION]: '1', ...labels },
      annotations: { [MIN]: '2', 'serving.knative.dev/creator': 'jane', ...annotations },
      managedFields,
    },
    spec,
    status,
  } satisfies JsonObject;
}

function hashOf(revision: JsonObject): JsonObject | undefined {
  return objectAt(keepRevision(revision), 'spec');
}

function entry(manager: string, operation: string, fieldsV1: JsonObject): JsonObject {
  return { manager, operation, apiVersion: 'serving.knative.dev/v1', time: '2026-05-04T08:00:00Z', fieldsV1 };
}

const NO_GC = { 'f:metadata': { 'f:annotations': { 'f:serving.knative.dev/no-gc': {} } } };

describe('of a Revision', () => {
  it('is kept what schedules and rollouts read', () => {
    const status = {
      conditions: [{ type: 'Active', status: 'True' }, READY],
      actualReplicas: 3,
      observedGeneration: 1,
    };
    expect(keepRevision(aRevision({ labels: { team: 'shop' }, status }))).toEqual({
      metadata: {
        ...IDENTITY,
        labels: { 'serving.knative.dev/service': 'cart', [GENERATION]: '1' },
        annotations: { [MIN]: '2' },
      },
      spec: { hash: expect.stringMatching(/^[0-9a-f]{16}$/), authored: expect.stringMatching(/^[0-9a-f]{16}$/) },
      status: { conditions: [READY], actualReplicas: 3 },
    });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['that is ready', { conditions: [{ ...READY, reason: 'Fine', severity: 'Info' }] }, { conditions: [READY] }],
    [
      'that is not ready, with the reason',
      {
        conditions: [{ type: 'Ready', status: 'False', reason: 'Crashed', message: 'exit 1', lastTransitionTime: 't' }],
      },
      { conditions: [{ type: 'Ready', status: 'False', reason: 'Crashed', message: 'exit 1' }] },
    ],
    ['that nobody has looked at', {}, {}],
    ['whose conditions are none', { conditions: ['Ready', { type: 'Active', status: 'True' }] }, {}],
    ['without pods', { conditions: [READY], actualReplicas: 0 }, { conditions: [READY] }],
  ])('%s: how it is', (_, status, kept) => {
    expect(keepRevision(aRevision({ status })).status).toEqual(kept);
  });

  it('a time of deletion', () => {
    const leaving = { metadata: { ...IDENTITY, deletionTimestamp: '2026-05-04T08:00:00Z' } };
    expect(stringAt(keepRevision(leaving), 'metadata', 'deletionTimestamp')).toBe('2026-05-04T08:00:00Z');
  });

  it.each<[string, JsonObject[], boolean]>([
    ['the rollouts apply', [entry('weir-rollout', 'Apply', NO_GC)], true],
    ['the rollouts apply something else of', [entry('weir-rollout', 'Apply', { 'f:metadata': {} })], false],
    ['somebody else applies', [entry('kubectl', 'Apply', NO_GC)], false],
    ['an update of theirs sets', [entry('weir-rollout', 'Update', NO_GC)], false],
    ['nobody sets', [], false],
  ])('no-gc that %s', (_, managedFields, isOurs) => {
    const kept = keepRevision({ metadata: { ...IDENTITY, managedFields } });
    expect(isKeptByUs(kept)).toBe(isOurs);
    expect(objectAt(kept, 'metadata')?.managedFields === undefined).toBe(!isOurs);
  });

  const hash = hashOf(aRevision());

  it.each<[string, JsonObject, boolean]>([
    ['a claim', aRevision({ annotations: { [MIN]: '9' } }), true],
    ['what Knative writes', aRevision({ annotations: { 'serving.knative.dev/routes': 'cart' } }), true],
    ['its generation', aRevision({ labels: { [GENERATION]: '2' } }), true],
    ['what kubectl keeps', aRevision({ annotations: { [LAST_APPLIED]: '{}' } }), true],
    ['a status', aRevision({ status: { actualReplicas: 9 } }), true],
    ['a spec', aRevision({ spec: { containers: [{ image: 'b' }] } as never }), false],
    ['a label of its author', aRevision({ labels: { team: 'shop' } }), false],
    ['an annotation of its author', aRevision({ annotations: { 'sidecar.istio.io/inject': 'false' } }), false],
  ])('a hash, which does not differ by %s unless it has to', (_, other, isSame) => {
    expect(equals(hashOf(other), hash)).toBe(isSame);
  });

  it.each<[string, JsonObject, boolean]>([
    ['of the same generation', {}, true],
    ['of another generation', { generation: 2 }, false],
    ['of another Revision of the name', { uid: 'u-2' }, false],
  ])('the hash of a spec %s, which is made anew where it has to be', (_, metadata, isKnown) => {
    const kept = { ...keepRevision(aRevision()), spec: { hash: 'known' } };
    const now = { ...aRevision(), metadata: { ...IDENTITY, ...metadata } };
    expect(stringAt(keepRevision(now, kept), 'spec', 'hash') === 'known').toBe(isKnown);
  });

  it('the hash of a spec without a generation, which nobody knows to be the same', () => {
    const { generation: _, ...metadata } = IDENTITY;
    const kept = { ...keepRevision({ metadata }), spec: { hash: 'known' } };
    expect(stringAt(keepRevision({ metadata }, kept), 'spec', 'hash')).not.toBe('known');
  });

  it('nothing that harms, whatever its shape', () => {
    const odd: JsonObject = JSON.parse(
      '{"metadata":{"labels":{"__proto__":{"a":1}},"annotations":7},"spec":{"__proto__":1}}',
    );
    const kept = keepRevision(odd);
    expect(Object.getPrototypeOf(objectAt(kept, 'metadata', 'labels'))).toBe(Object.prototype);
    expect(keepRevision({})).toMatchObject({ metadata: { name: '', labels: {}, annotations: {} }, status: {} });
    expect(hashOf(odd)).not.toEqual(hashOf({}));
  });
});

describe('of a PodAutoscaler', () => {
  it('is kept how it is scaled, and who holds it', () => {
    const annotations = { [MIN]: '2', [TRACE_ANNOTATION]: '{}', 'serving.knative.dev/creator': 'jane' };
    const kept = keepPodAutoscaler({
      metadata: { ...IDENTITY, labels: { app: 'cart' }, annotations, managedFields: [entry('a', 'Update', {})] },
      spec: { protocolType: 'http1' },
      status: { actualScale: 0, desiredScale: 4 },
    });
    expect(kept).toEqual({
      metadata: { ...IDENTITY, labels: {}, annotations: { [MIN]: '2', [TRACE_ANNOTATION]: '{}' } },
      status: { actualScale: 0 },
    });
  });
});

describe('of a Service', () => {
  const traffic = [{ latestRevision: true, percent: 100 }];
  const OWNS = { 'f:spec': { 'f:traffic': {}, 'f:template': {} } };

  it('are kept its labels and where its traffic goes', () => {
    const annotations = { 'serving.knative.dev/rollout-duration': '10s', other: 'x' };
    const metadata = { ...IDENTITY, labels: { tier: 'web' }, annotations };
    expect(
      keepService({ metadata, spec: { traffic, template: {} }, status: { observedGeneration: 3, url: 'http://x' } }),
    ).toEqual({
      metadata: {
        ...IDENTITY,
        labels: { tier: 'web' },
        annotations: { 'serving.knative.dev/rollout-duration': '10s' },
      },
      spec: { traffic },
      status: { observedGeneration: 3 },
    });
  });

  it.each<[string, JsonObject]>([
    ['whoever applies it', { managedFields: [entry('argocd', 'Apply', OWNS), entry('x', 'Update', {})] }],
    ['a person', { managedFields: [entry('kubectl-edit', 'Update', OWNS)] }],
    ['the rollouts', { managedFields: [entry('weir-rollout', 'Apply', OWNS)] }],
    ['a status', { managedFields: [{ ...entry('controller', 'Update', OWNS), subresource: 'status' }] }],
    ['kubectl apply', { annotations: { [LAST_APPLIED]: JSON.stringify({ spec: { traffic, template: {} } }) } }],
    ['nobody', { annotations: { [LAST_APPLIED]: '{"spec":{"template":"traffic"}}' } }],
  ])('is told who owns its traffic: %s', (_, metadata) => {
    const service = {
      metadata: { ...IDENTITY, ...metadata },
      spec: { traffic: [{ revisionName: 'a', percent: 100 }] },
    };
    expect(trafficOwner(keepService(service))).toEqual(trafficOwner(service));
  });
});
