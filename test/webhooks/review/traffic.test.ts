/** /mutate beside a TrafficRollout: whose spec.traffic it is. */
import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { aPolicy } from '../../policy/builders.ts';
import { mutated } from './builders.ts';

const TRAFFIC = [
  { revisionName: 'cart-00001', percent: 90, latestRevision: false },
  { revisionName: 'cart-00002', percent: 10, latestRevision: false, tag: 'candidate' },
];

function aService(traffic?: unknown, name = 'cart'): JsonObject {
  const spec = {
    template: { spec: { containers: [{ image: 'shop/cart' }] } },
    ...(traffic === undefined ? {} : { traffic }),
  };
  return JSON.parse(
    JSON.stringify({
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec,
    }),
  );
}

function aRollout(name: string, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'weir.dev/v1alpha1',
    kind: 'TrafficRollout',
    metadata: { name: 'rolls', namespace: 'shop', ...metadata },
    spec: { serviceRef: { name }, strategy: { canary: { steps: [{ percent: 10 }] } } },
  };
}

function trafficAfter(object: JsonObject, oldObject: JsonObject, beside: JsonObject[]): unknown {
  const { spec } = mutated({ object, oldObject }, aPolicy({}), { beside });
  return JSON.parse(JSON.stringify(spec)).traffic;
}

describe('an UPDATE of a Service that a TrafficRollout is about', () => {
  it.each([[undefined], [[]], [null]])('with spec.traffic %j gets the old one back', (traffic) => {
    expect(trafficAfter(aService(traffic), aService(TRAFFIC), [aRollout('cart')])).toEqual(TRAFFIC);
  });

  it('that says what traffic is to be is left alone', () => {
    const mine = [{ latestRevision: true, percent: 100 }];
    expect(trafficAfter(aService(mine), aService(TRAFFIC), [aRollout('cart')])).toEqual(mine);
  });
});

describe('an UPDATE is left alone', () => {
  it.each<{ why: string; beside: JsonObject[] }>([
    { why: 'there is no rollout', beside: [] },
    { why: 'the rollout is about another Service', beside: [aRollout('basket')] },
    { why: 'the rollout is on its way out', beside: [aRollout('cart', { deletionTimestamp: '2026-01-01T00:00:00Z' })] },
    { why: 'the rollout is in another namespace', beside: [aRollout('cart', { namespace: 'other' })] },
  ])('where $why', ({ beside }) => {
    expect(trafficAfter(aService(), aService(TRAFFIC), beside)).toBeUndefined();
  });
});
