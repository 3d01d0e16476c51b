/** Which objects have owners, and which are going: all of the garbage collector's memory. */

import { arrayAt, isObject, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { finalizersOf } from '../../../kubernetes/object.ts';
import type { Key, Stored, WatchEvent } from '../store/store.ts';
import { departedOwners } from './departed.ts';

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly blockOwnerDeletion: boolean;
}

/** An object that has owners, or is going. */
export interface Node {
  readonly key: Key;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly isDeleted: boolean;
  /** Waits for the finalizer `foregroundDeletion`. */
  readonly isDeletingDependents: boolean;
}

export interface OwnerGraph {
  /** Takes a change in, and gives the uids of all that should be looked at because of it. */
  take(event: WatchEvent): ReadonlySet<string>;
  get(uid: string): Node | undefined;
  dependentsOf(uid: string): readonly Node[];
  /** True for an owner that was seen to go, also where its kind is no longer served. @param namespace the dependent's */
  hasDeparted(owner: OwnerReference, namespace: string): boolean;
}

export function ownerGraph(): OwnerGraph {
  const nodes = new Map<string, Node>();
  const dependents = new Map<string, Set<string>>();
  const departed = departedOwners((uid) => dependents.has(uid));

  function forget(node: Node): void {
    nodes.delete(node.uid);
    for (const { uid } of node.owners) {
      const all = dependents.get(uid);
      all?.delete(node.uid);
      if (all?.size === 0) dependents.delete(uid);
    }
  }

  function remember(node: Node): void {
    nodes.set(node.uid, node);
    for (const { uid } of node.owners) {
      const all = dependents.get(uid) ?? new Set<string>();
      all.add(node.uid);
      dependents.set(uid, all);
    }
  }

  return {
    take({ type, stored }) {
      const before = nodes.get(stored.uid);
      if (before !== undefined) forget(before);
      const after = type === 'DELETED' ? undefined : nodeOf(stored);
      if (after !== undefined) remember(after);
      if (type === 'DELETED') departed.add(stored.uid, stored.key);
      const ownersBefore = (before?.owners ?? []).map(({ uid }) => uid);
      departed.review(ownersBefore);

      // an owner that waits for its dependents may have one less to wait for
      const owners = ownersBefore.filter((uid) => nodes.has(uid));
      const beginsToWait = after?.isDeletingDependents === true && before?.isDeletingDependents !== true;
      const left = type === 'DELETED' || beginsToWait ? (dependents.get(stored.uid) ?? []) : [];
      return new Set([...(after === undefined ? [] : [after.uid]), ...owners, ...left]);
    },
    get: (uid) => nodes.get(uid),
    dependentsOf: (uid) => [...(dependents.get(uid) ?? [])].flatMap((each) => nodes.get(each) ?? []),
    hasDeparted: departed.has,
  };
}

/** Undefined for all the objects that have no owner and are not going: they are not even parsed. */
function nodeOf(stored: Stored): Node | undefined {
  const { json, key, uid } = stored;
  if (!json.includes('"ownerReferences"') && !json.includes('"deletionTimestamp"')) return undefined;
  const object = stored.object();
  const isDeleted = stringAt(object, 'metadata', 'deletionTimestamp') !== undefined;
  const owners = ownersOf(object);
  if (!isDeleted && owners.length === 0) return undefined;
  const isDeletingDependents = isDeleted && finalizersOf(object).includes(FOREGROUND);
  return { key, uid, owners, isDeleted, isDeletingDependents };
}

export function ownersOf(object: JsonObject): OwnerReference[] {
  return arrayAt(object, 'metadata', 'ownerReferences')
    .filter(isObject)
    .map((reference) => {
      const at = (field: string): string => stringAt(reference, field) ?? '';
      const blockOwnerDeletion = reference.blockOwnerDeletion === true;
      return { apiVersion: at('apiVersion'), kind: at('kind'), name: at('name'), uid: at('uid'), blockOwnerDeletion };
    });
}
