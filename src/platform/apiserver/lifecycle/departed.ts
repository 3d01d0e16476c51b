/**
 * Owners that were seen to go, so that they are known to be gone also where their kind has gone with them
 * (`absentOwnerCache` of k8s.io/kubernetes pkg/controller/garbagecollector/graph_builder.go).
 */
import type { Key } from '../store/store.ts';
import type { OwnerReference } from './owners.ts';

/** How many that had no dependents are remembered, for those that come too late. */
const MOST_ALONE = 1000;

export interface Departed {
  add(uid: string, key: Key): void;
  /** To be called when dependents of these have changed: who has none left is forgotten before long. */
  review(uids: readonly string[]): void;
  /** @param namespace the dependent's; an owner in another one never was its owner */
  has(owner: OwnerReference, namespace: string): boolean;
}

/** @param hasDependents whether somebody still names the uid as its owner: as long it is remembered */
export function departedOwners(hasDependents: (uid: string) => boolean): Departed {
  const needed = new Map<string, Key>();
  /** The oldest first. */
  const alone = new Map<string, Key>();

  function add(uid: string, key: Key): void {
    if (hasDependents(uid)) {
      needed.set(uid, key);
      return;
    }
    needed.delete(uid);
    alone.set(uid, key);
    if (alone.size <= MOST_ALONE) return;
    for (const oldest of alone.keys()) {
      alone.delete(oldest);
      return;
    }
  }

  return {
    add,
    review(uids) {
      for (const uid of uids) {
        const key = needed.get(uid);
        if (key !== undefined) add(uid, key);
      }
    },
    has({ uid, name, apiVersion }, namespace) {
      const key = needed.get(uid) ?? alone.get(uid);
      if (key === undefined || key.name !== name || groupOf(key) !== groupIn(apiVersion)) return false;
      return key.namespace === '' || key.namespace === namespace;
    },
  };
}

/** Of `widgets.example.com`. */
function groupOf({ resource }: Key): string {
  const dot = resource.indexOf('.');
  return dot === -1 ? '' : resource.slice(dot + 1);
}

/** Of `example.com/v1`. */
function groupIn(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
