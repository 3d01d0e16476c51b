import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/kubernetes/json.ts';
import {
  type OwnerGraph,
  type OwnerReference,
  ownerGraph,
} from '../../../../src/platform/apiserver/lifecycle/owners.ts';
import type { Stored, WatchEvent } from '../../../../src/platform/apiserver/store/store.ts';

function stored(uid: string, metadata: JsonObject = {}): Stored {
  const object = { metadata: { name: uid, namespace: 'default', uid, ...metadata } };
  const key = { resource: 'configmaps', namespace: 'default', name: uid };
  return { key, uid, revision: 1, labels: {}, json: JSON.stringify(object), object: () => object };
}

function ownedBy(...uids: string[]): JsonObject {
  return { ownerReferences: uids.map((uid) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid })) };
}

function take(graph: OwnerGraph, type: WatchEvent['type'], uid: string, metadata?: JsonObject): string[] {
  return [...graph.take({ type, stored: stored(uid, metadata) })].sort();
}

const WAITING = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] };

describe('the graph of owners', () => {
  it('knows who has owners and who is going, and nobody else', () => {
    const graph = ownerGraph();
    expect(take(graph, 'ADDED', 'plain')).toEqual([]);
    expect(graph.get('plain')).toBeUndefined();
    expect(take(graph, 'ADDED', 'child', ownedBy('plain'))).toEqual(['child']);
    expect(graph.dependentsOf('plain').map(({ uid }) => uid)).toEqual(['child']);
    expect(take(graph, 'MODIFIED', 'plain', WAITING)).toEqual(['child', 'plain']);
    expect(graph.get('plain')).toMatchObject({ isDeleted: true, isDeletingDependents: true });
  });

  it('forgets what is no longer so', () => {
    const graph = ownerGraph();
    take(graph, 'ADDED', 'child', ownedBy('one', 'two'));
    take(graph, 'MODIFIED', 'child', ownedBy('two'));
    expect(graph.dependentsOf('one')).toEqual([]);
    expect(graph.dependentsOf('two')).toHaveLength(1);
    take(graph, 'DELETED', 'child', ownedBy('two'));
    expect(graph.dependentsOf('two')).toEqual([]);
    expect(graph.get('child')).toBeUndefined();
  });

  it('names those who are to be looked at when somebody goes', () => {
    const graph = ownerGraph();
    take(graph, 'ADDED', 'top', WAITING);
    take(graph, 'ADDED', 'middle', ownedBy('top'));
    take(graph, 'ADDED', 'bottom', ownedBy('middle'));
    expect(take(graph, 'MODIFIED', 'top', { ...WAITING, labels: { a: 'b' } })).toEqual(['top']);
    expect(take(graph, 'DELETED', 'middle', ownedBy('top'))).toEqual(['bottom', 'top']);
  });

  it('remembers who has gone as long as somebody names it, and a thousand others', () => {
    const graph = ownerGraph();
    const reference = (uid: string): OwnerReference => {
      return { apiVersion: 'v1', kind: 'ConfigMap', name: uid, uid, blockOwnerDeletion: false };
    };
    take(graph, 'ADDED', 'child', ownedBy('top'));
    expect(graph.hasDeparted(reference('top'), 'default')).toBe(false);
    take(graph, 'DELETED', 'top');
    for (let index = 0; index < 1001; index++) take(graph, 'DELETED', `other-${index}`);
    expect(graph.hasDeparted(reference('top'), 'default')).toBe(true);
    expect(graph.hasDeparted(reference('top'), 'elsewhere')).toBe(false);
    expect(graph.hasDeparted({ ...reference('top'), name: 'another' }, 'default')).toBe(false);
    expect(graph.hasDeparted({ ...reference('top'), apiVersion: 'apps/v1' }, 'default')).toBe(false);
    expect(graph.hasDeparted(reference('other-0'), 'default')).toBe(false);
    expect(graph.hasDeparted(reference('other-1'), 'default')).toBe(true);

    take(graph, 'MODIFIED', 'child', ownedBy('top', 'more'));
    for (let index = 0; index < 1000; index++) take(graph, 'DELETED', `another-${index}`);
    expect(graph.hasDeparted(reference('top'), 'default')).toBe(true);
    take(graph, 'DELETED', 'child', ownedBy('top', 'more'));
    for (let index = 0; index < 1000; index++) take(graph, 'DELETED', `last-${index}`);
    expect(graph.hasDeparted(reference('top'), 'default')).toBe(false);
  });
});
