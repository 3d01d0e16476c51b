/**
 * A definition that is deleted takes its objects along: k8s.io/apiextensions-apiserver pkg/controller/finalizer/
 * crd_finalizer.go.
 */
import { arrayAt, type JsonObject, objectAt, stringAt, textsAt } from '../../../../kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../../../kubernetes/object.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import type { Store, Stored } from '../../store/store.ts';
import { copyOf, ensure } from '../draft.ts';
import { CLEANUP_FINALIZER, conditionOf, holds } from './definition.ts';
import { setCondition } from './names.ts';

/** Deletes the objects that are left, or asks those with finalizers to go. @returns how many are left */
export async function deleteObjects(store: Store, definition: JsonObject, now: Date): Promise<number> {
  const selection = { resource: nameOf(definition), namespace: '' };
  for (const stored of store.list(selection).items) {
    const object = stored.object();
    if (textsAt(objectAt(object, 'metadata'), 'finalizers').length === 0) await remove(store, stored);
    else if (!isBeingDeleted(object)) await ask(store, stored, now);
  }
  return store.list(selection).items.length;
}

async function remove(store: Store, stored: Stored): Promise<void> {
  await ignoringChange(store.remove(stored.key, stored.object(), stored.revision));
}

async function ask(store: Store, stored: Stored, now: Date): Promise<void> {
  const draft = copyOf(stored.object());
  Object.assign(ensure(draft, 'metadata'), { deletionTimestamp: timeText(now), deletionGracePeriodSeconds: 0 });
  await ignoringChange(store.put(stored.key, draft, stored.revision));
}

/** Somebody else was faster: the change brings another look at what is left. */
async function ignoringChange(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

export function isConflict(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 409 || code === 404;
}

/** The definition while its objects go. */
export function terminating(definition: JsonObject, now: Date): JsonObject {
  const draft = copyOf(definition);
  const message = 'CustomResource deletion is in progress';
  setCondition(draft, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message }, now);
  return draft;
}

/** The definition without the finalizer, when nothing is left of it. */
export function cleanedUp(definition: JsonObject, now: Date): JsonObject {
  const draft = copyOf(definition);
  const done = holds(definition, 'Established')
    ? { reason: 'InstanceDeletionCompleted', message: 'removed all instances' }
    : { reason: 'NeverEstablished', message: 'resource was never established' };
  setCondition(draft, { type: 'Terminating', status: 'False', ...done }, now);
  const metadata = ensure(draft, 'metadata');
  const left = textsAt(metadata, 'finalizers').filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
  if (left.length > 0) metadata.finalizers = left;
  else delete metadata.finalizers;
  return draft;
}

export function waitsForCleanup(definition: JsonObject): boolean {
  return isBeingDeleted(definition) && arrayAt(definition, 'metadata', 'finalizers').includes(CLEANUP_FINALIZER);
}

/** True once the deletion of its objects has begun. */
export function isTerminating(definition: JsonObject): boolean {
  return stringAt(conditionOf(definition, 'Terminating'), 'reason') === 'InstanceDeletionInProgress';
}
