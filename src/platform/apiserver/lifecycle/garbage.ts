/**
 * Garbage collection: what has lost its last owner goes, what is deleted in the foreground waits for those that it
 * owns, what orphans them lets them go free (k8s.io/kubernetes pkg/controller/garbagecollector/garbagecollector.go).
 */

import type { Clock } from '../../../kubernetes/clock.ts';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { finalizersOf } from '../../../kubernetes/object.ts';
import type { Propagation } from '../objects/objects.ts';
import { type WorkQueue, workQueue } from '../queue.ts';
import type { Resource, Resources } from '../resources/resource.ts';
import { Failure } from '../status/failure.ts';
import type { Reader, Stored, WatchEvent } from '../store/store.ts';
import { FOREGROUND, type Node, ORPHAN, type OwnerReference, ownerGraph, ownersOf } from './owners.ts';
import { GARBAGE_COLLECTOR, type Writes } from './writes.ts';

/** Deletions go to disk together, so that several at a time are faster than one. */
const WORKERS = 20;
/** How many owners that are gone are remembered. */
const MOST_ABSENT = 1000;

export interface GarbageCollectorOptions {
  readonly reader: Reader;
  readonly resources: Resources;
  readonly writes: Writes;
  readonly clock: Clock;
  /** Takes what failed, and is tried again. */
  readonly failed: (what: string, error: unknown) => void;
  /** Takes a reference that can lead nowhere: its owner stands in another namespace. */
  readonly misplaced: (dependent: Stored, owner: OwnerReference) => void;
}

export interface GarbageCollector {
  take(event: WatchEvent): void;
  idle(): Promise<void>;
  stop(): void;
}

/** Level-based: whatever led here, each object is judged by what is stored now. */
export function garbageCollector(options: GarbageCollectorOptions): GarbageCollector {
  const { clock, failed } = options;
  const graph = ownerGraph();
  const absent = new Map<string, boolean>();
  const queue: WorkQueue = workQueue({
    clock,
    workers: WORKERS,
    failed: (uid, error) => failed(titleOf(graph.get(uid)), error),
    async work(uid) {
      const node = graph.get(uid);
      const stored = node === undefined ? undefined : options.reader.get(node.key);
      if (node === undefined || stored === undefined || stored.uid !== uid) return undefined;
      try {
        if (node.isDeleted) await release(node, stored);
        else await judge(stored);
      } catch (error) {
        if (!(error instanceof Failure && error.code === 404)) throw error;
      }
      return undefined;
    },
  });

  /** Lets go what waits for the garbage collector alone. */
  async function release(node: Node, stored: Stored): Promise<void> {
    const finalizers = finalizersOf(stored.object());
    const dependents = graph.dependentsOf(node.uid);
    if (finalizers.includes(ORPHAN)) {
      await Promise.all(dependents.map((dependent) => withoutOwners(dependent, [node.uid])));
      await withoutFinalizer(stored, ORPHAN);
    } else if (finalizers.includes(FOREGROUND)) {
      const blocking = dependents.filter((dependent) => isBlocking(dependent, node.uid));
      if (blocking.length === 0) await withoutFinalizer(stored, FOREGROUND);
      for (const { uid, isDeletingDependents } of blocking) if (!isDeletingDependents) queue.add(uid);
    }
  }

  /** Deletes what has no owner left that stays. */
  async function judge(stored: Stored): Promise<void> {
    const owners = ownersOf(stored.object());
    const states = owners.map((owner) =>
      graph.hasDeparted(owner, stored.key.namespace) ? 'gone' : stateOf(owner, stored, options, absent),
    );
    if (states.includes('misplaced')) return;
    if (states.includes('stays')) {
      const leaving = owners.filter((_, index) => states[index] !== 'stays').map(({ uid }) => uid);
      if (leaving.length > 0) await dropOwners(stored, leaving);
      return;
    }

    const dependents = states.includes('waiting') ? graph.dependentsOf(stored.uid) : [];
    if (dependents.length === 0) {
      await discard(stored, propagationFor(stored.object()));
      return;
    }
    // whoever is deleted in the foreground and owns its owner would wait for ever
    if (dependents.some(({ isDeletingDependents }) => isDeletingDependents)) await unblock(stored);
    await discard(stored, 'Foreground');
  }

  async function discard({ key, uid }: Stored, propagation: Propagation): Promise<void> {
    const latest = options.reader.get(key);
    if (latest?.uid !== uid) return;
    const preconditions = { uid, resourceVersion: String(latest.revision) };
    await options.writes.delete(GARBAGE_COLLECTOR, key, { preconditions, propagation });
  }

  async function withoutOwners({ key, uid }: Node, owners: readonly string[]): Promise<void> {
    const stored = options.reader.get(key);
    if (stored?.uid === uid) await dropOwners(stored, owners);
  }

  async function dropOwners(stored: Stored, owners: readonly string[]): Promise<void> {
    const kept = referencesOf(stored).filter((reference) => !owners.includes(stringAt(reference, 'uid') ?? ''));
    await patch(stored, { ownerReferences: kept.length === 0 ? null : kept });
  }

  async function unblock(stored: Stored): Promise<void> {
    const ownerReferences = referencesOf(stored).map((reference) => ({ ...reference, blockOwnerDeletion: false }));
    await patch(stored, { ownerReferences });
  }

  async function withoutFinalizer(stored: Stored, finalizer: string): Promise<void> {
    const finalizers = finalizersOf(stored.object()).filter((each) => each !== finalizer);
    await patch(stored, { finalizers });
  }

  async function patch({ key, uid, revision }: Stored, metadata: JsonObject): Promise<void> {
    const body = { metadata: { uid, resourceVersion: String(revision), ...metadata } };
    await options.writes.patch(GARBAGE_COLLECTOR, key, body);
  }

  return {
    take(event) {
      for (const uid of graph.take(event)) queue.add(uid);
    },
    idle: () => queue.idle(),
    stop: () => queue.stop(),
  };
}

type OwnerState = 'gone' | 'misplaced' | 'stays' | 'waiting';

/**
 * `stays`, `gone`, `waiting` for its dependents; or `misplaced` where an object of the cluster names an owner in a
 * namespace, which nothing can be concluded from.
 *
 * @param absent owners that are gone, by uid, each with whether it stands in another namespace
 */
function stateOf(
  owner: OwnerReference,
  dependent: Stored,
  { reader, resources, misplaced }: GarbageCollectorOptions,
  absent: Map<string, boolean>,
): OwnerState {
  const resource = resourceOf(owner, resources);
  // a kind that is not served may be served soon: Kubernetes leaves what such an owner has
  if (resource === undefined) throw new UnknownOwner(owner);
  const { isNamespaced, storedAs } = resource;
  const { namespace } = dependent.key;
  const stored = reader.get({ resource: storedAs, namespace: isNamespaced ? namespace : '', name: owner.name });
  if (stored?.uid === owner.uid && (!isNamespaced || namespace !== '')) {
    const isDeleted = stringAt(stored.object(), 'metadata', 'deletionTimestamp') !== undefined;
    return isDeleted && finalizersOf(stored.object()).includes(FOREGROUND) ? 'waiting' : 'stays';
  }
  if (isNamespaced && isElsewhere(reader, storedAs, owner.uid, absent)) misplaced(dependent, owner);
  return isNamespaced && namespace === '' ? 'misplaced' : 'gone';
}

/** An owner of a kind that is not served. */
export class UnknownOwner extends Error {
  constructor({ apiVersion, kind }: OwnerReference) {
    super(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
    this.name = 'UnknownOwner';
  }
}

function resourceOf({ apiVersion, kind }: OwnerReference, resources: Resources): Resource | undefined {
  const slash = apiVersion.indexOf('/');
  return resources.ofKind(slash === -1 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
}

/** Looks through all objects of the resource, once for each owner: it may have had thousands of dependents. */
function isElsewhere(reader: Reader, resource: string, uid: string, known: Map<string, boolean>): boolean {
  const before = known.get(uid);
  if (before !== undefined) return before;
  const found = reader.list({ resource, namespace: '', matches: (stored) => stored.uid === uid }).items.length > 0;
  if (known.size >= MOST_ABSENT) known.clear();
  known.set(uid, found);
  return found;
}

function isBlocking({ owners }: Node, uid: string): boolean {
  return owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion);
}

/** As its finalizers ask, where somebody has put one of them there beforehand. */
function propagationFor(object: JsonObject): Propagation {
  const finalizers = finalizersOf(object);
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

function referencesOf(stored: Stored): JsonObject[] {
  return arrayAt(stored.object(), 'metadata', 'ownerReferences').filter(isObject);
}

function titleOf(node: Node | undefined): string {
  if (node === undefined) return 'an object that is gone';
  const { resource, namespace, name } = node.key;
  return `${resource} ${namespace === '' ? name : `${namespace}/${name}`}`;
}
