import { describe, expect, it } from '@jest/globals';
import { collectionOf } from '../../../controllers/serving/gc/reconcile.ts';
import type { GarbageCollection } from '../../../controllers/serving/settings.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-05-04T08:00:00Z');
const configuration = { metadata: { name: 'cart' }, status: { latestReadyRevisionName: 'latest' } };

/** @param hours since it was created and since it was used last */
function aRevision(name: string, hours: number, state = 'reserve', annotations: JsonObject = {}): JsonObject {
  const time = new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
  return {
    metadata: {
      name,
      creationTimestamp: time,
      labels: { 'serving.knative.dev/configuration': 'cart', 'serving.knative.dev/routingState': state },
      annotations: { 'serving.knative.dev/routingStateModified': time, ...annotations },
    },
  };
}

function collected(revisions: readonly JsonObject[], more: Partial<GarbageCollection> = {}) {
  const gc = {
    retainSinceCreateMs: 48 * HOUR_MS,
    retainSinceLastActiveMs: 15 * HOUR_MS,
    minNonActive: 0,
    maxNonActive: 1000,
    ...more,
  };
  const { stale, again } = collectionOf({ configuration, revisions }, gc, NOW);
  return { stale: stale.map(nameOf), again };
}

describe('Revisions that go', () => {
  it('are those that no Route leads to for long, the oldest first', () => {
    expect(collected([aRevision('young', 47), aRevision('old', 49), aRevision('older', 50)])).toEqual({
      stale: ['older', 'old'],
      again: new Date(NOW.getTime() + HOUR_MS),
    });
  });

  it('are never those that are led to, wait, are the latest or are kept', () => {
    const kept = { 'serving.knative.dev/no-gc': 'True' };
    const revisions = [
      aRevision('active', 99, 'active'),
      aRevision('pending', 99, 'pending'),
      aRevision('latest', 99),
      aRevision('kept', 99, 'reserve', kept),
    ];
    expect(collected(revisions)).toEqual({ stale: [], again: undefined });
  });

  it('leave so many there', () => {
    const revisions = [aRevision('a', 97), aRevision('b', 98), aRevision('c', 99)];
    expect(collected(revisions, { minNonActive: 2 })).toEqual({ stale: ['c'], again: undefined });
  });

  it('are also young ones where there are too many', () => {
    const revisions = [aRevision('a', 1), aRevision('b', 2), aRevision('c', 3)];
    expect(collected(revisions, { maxNonActive: 1 }).stale).toEqual(['c', 'b']);
  });

  it('are none where all measures are off', () => {
    const off = { retainSinceCreateMs: undefined, retainSinceLastActiveMs: undefined, maxNonActive: undefined };
    expect(collected([aRevision('a', 9999)], off)).toEqual({ stale: [], again: undefined });
  });
});
