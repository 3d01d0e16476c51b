import { describe, expect, it } from '@jest/globals';
import { type Lookup, trafficOf } from '../../../controllers/serving/route/traffic.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

function anObject(name: string, labels: JsonObject, status: JsonObject): JsonObject {
  return { metadata: { name, labels, generation: 1 }, status: { observedGeneration: 1, ...status } };
}

function aRevision(name: string, ready = 'True', service = 'cart'): JsonObject {
  const labels = { 'serving.knative.dev/configuration': 'cart', 'serving.knative.dev/service': service };
  return anObject(name, labels, { conditions: [{ type: 'Ready', status: ready }] });
}

const OBJECTS: Readonly<Record<string, JsonObject>> = {
  cart: anObject('cart', {}, { latestReadyRevisionName: 'cart-00002' }),
  slow: anObject('slow', {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] }),
  bad: anObject('bad', {}, { conditions: [{ type: 'Ready', status: 'False' }] }),
  'cart-00001': aRevision('cart-00001'),
  'cart-00002': aRevision('cart-00002'),
  'cart-00003': aRevision('cart-00003', 'Unknown'),
  'cart-00004': aRevision('cart-00004', 'False'),
  'till-00001': aRevision('till-00001', 'True', 'till'),
};

const lookup: Lookup = {
  configuration: (name) => (name.includes('-0') ? undefined : OBJECTS[name]),
  revision: (name) => (name.includes('-0') ? OBJECTS[name] : undefined),
};

function traffic(...targets: readonly JsonObject[]) {
  const labels = { 'serving.knative.dev/service': 'cart' };
  return trafficOf({ metadata: { name: 'cart', labels }, spec: { traffic: targets } }, lookup);
}

describe('traffic', () => {
  it('to a Configuration goes to its latest ready Revision', () => {
    const { targets } = traffic({ configurationName: 'cart', percent: 100, latestRevision: true, tag: 'now' });
    expect(targets).toEqual([{ revisionName: 'cart-00002', tag: 'now', percent: 100, latestRevision: true }]);
  });

  it('to one Revision twice under one tag is summed up', () => {
    const { targets } = traffic(
      { revisionName: 'cart-00001', percent: 30, latestRevision: false },
      { revisionName: 'cart-00001', percent: 20, latestRevision: false },
      { revisionName: 'cart-00001', percent: 10, latestRevision: false, tag: 'old' },
      { configurationName: 'cart', percent: 40, latestRevision: true },
    );
    expect(targets.map(({ revisionName, tag, percent }) => [revisionName, tag, percent])).toEqual([
      ['cart-00001', '', 50],
      ['cart-00001', 'old', 10],
      ['cart-00002', '', 40],
    ]);
  });

  it.each([
    [{ revisionName: 'cart-00009' }, true, 'RevisionMissing', 'Revision "cart-00009" referenced in traffic not found.'],
    [
      { configurationName: 'none' },
      true,
      'ConfigurationMissing',
      'Configuration "none" referenced in traffic not found.',
    ],
    [
      { configurationName: 'slow' },
      false,
      'RevisionMissing',
      'Configuration "slow" is waiting for a Revision to become ready.',
    ],
    [{ configurationName: 'bad' }, true, 'RevisionMissing', 'Configuration "bad" does not have any ready Revision.'],
    [{ revisionName: 'cart-00003' }, false, 'RevisionMissing', 'Revision "cart-00003" is not yet ready.'],
    [{ revisionName: 'cart-00004' }, true, 'RevisionMissing', 'Revision "cart-00004" failed to become ready.'],
    [
      { revisionName: 'till-00001' },
      true,
      'RevisionNotOwned',
      'Revision "till-00001" belongs to Service "till", not Service "cart".',
    ],
  ])('to %j is none', (target, isFailure, reason, message) => {
    expect(traffic(target)).toEqual({ targets: [], bad: { isFailure, reason, message } });
  });

  it('says of several bad targets the last that failed', () => {
    const { bad } = traffic(
      { revisionName: 'cart-00004' },
      { revisionName: 'cart-00003' },
      { configurationName: 'none' },
    );
    expect(bad?.reason).toBe('ConfigurationMissing');
  });

  it('of any shape does no harm', () => {
    expect(trafficOf({ spec: { traffic: [7, null, { revisionName: 7, percent: 'x' }, {}] } }, lookup).targets).toEqual(
      [],
    );
  });
});
