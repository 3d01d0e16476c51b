/**
 * DELETE: at once, after a grace period, or once the finalizers have gone (k8s.io/apiserver
 * pkg/registry/generic/registry/store.go, pkg/registry/rest/delete.go).
 */

import { equals, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { finalizersOf } from '../../../kubernetes/object.ts';
import { timeText } from '../../../kubernetes/time.ts';
import type { Resource } from '../resources/resource.ts';
import { conflict, Failure, notFound } from '../status/failure.ts';
import type { Page, Stored } from '../store/store.ts';
import { objectIn, storable } from './answers.ts';
import type { Dependencies } from './dependencies.ts';
import { isReturnedWhenDeleted, mayOwn, orphansByDefault } from './kindFacts.ts';
import { withMetadata } from './metadata/metadata.ts';
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from './metadata/validate.ts';
import type { Answer, DeleteOptions, Target } from './objects.ts';
import { type Selectors, selectionOf } from './selectors/selectors.ts';
import { admitted, attributesOf, keyOf, mutated } from './steps.ts';

const MOST_ATTEMPTS = 100;
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';

/** @param toldName what admission is told: no name where a whole collection goes */
export async function remove(
  dependencies: Dependencies,
  target: Target,
  options: DeleteOptions,
  toldName = target.name,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const current = dependencies.store.get(keyOf(target, target.name));
    if (current === undefined) throw notFound(target.resource, target.name);
    checkPreconditions(current, target, options);

    const old = objectIn(current, target.resource);
    await admitDelete(dependencies, target, withOwnUid(options, target, current), old, toldName);
    try {
      return await removeOnce(dependencies, target, options, current, old);
    } catch (error) {
      if (!isRace(error) || attempt >= MOST_ATTEMPTS) throw error;
    }
  }
}

/** Deletes what is selected; what is gone by then does not matter. */
export async function removeCollection(
  dependencies: Dependencies,
  target: Target,
  options: DeleteOptions,
  selectors: Selectors,
): Promise<Page> {
  const page = dependencies.store.list(selectionOf(target.resource, target.namespace, selectors));
  for (const { key } of page.items) {
    try {
      await remove(dependencies, { ...target, namespace: key.namespace, name: key.name }, options, '');
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 404) throw error;
    }
  }
  return page;
}

/** A Namespace is only ever deleted as the one that was looked at (k8s.io/kubernetes pkg/registry/core/namespace/storage). */
function withOwnUid(options: DeleteOptions, { resource }: Target, { uid }: Stored): DeleteOptions {
  if (resource.storedAs !== 'namespaces') return options;
  const preconditions = { ...objectAt(options.sent, 'preconditions'), uid };
  return { ...options, sent: { ...options.sent, preconditions } };
}

async function admitDelete(
  dependencies: Dependencies,
  target: Target,
  options: DeleteOptions,
  old: JsonObject,
  name: string,
): Promise<void> {
  const asked = {
    operation: 'DELETE',
    object: undefined,
    old,
    name,
    optionsKind: 'DeleteOptions',
    options,
  } as const;
  const attributes = attributesOf(target, asked);
  await mutated(dependencies, target, attributes);
  await admitted(dependencies, target, attributes);
}

async function removeOnce(
  dependencies: Dependencies,
  target: Target,
  options: DeleteOptions,
  current: Stored,
  old: JsonObject,
): Promise<Answer> {
  const { store, clock } = dependencies;
  const { resource } = target;
  const now = clock.now();

  if (resource.storedAs === 'namespaces') {
    const terminating = terminatingNamespace(old, options, now);
    if (terminating !== undefined) return marked(dependencies, target, options, current, terminating);
  }

  const grace = gracefully(old, target, options, now);
  if (grace === 'pending') return { code: 200, stored: current };

  const leaving = resource.strategy.beforeDelete?.(old, { now, subresource: '' }) ?? old;
  const finalizers = finalizersAfter(leaving, target, options);
  const next = grace === undefined ? leaving : grace.object;
  const isWaiting = finalizers.length > 0 || (grace !== undefined && grace.seconds > 0);
  const changed = withFinalizers(next, finalizers);
  if (isWaiting) {
    const going = grace === undefined ? markedAsDeleting(changed, now, resource) : changed;
    const code = options.orphanDependents === false ? 202 : 200;
    return { ...(await marked(dependencies, target, options, current, going)), code };
  }

  if (options.dryRun) return deleted(target, current, changed);
  const gone = await store.remove(current.key, storable(changed, resource), current.revision);
  return deleted(target, gone, objectIn(gone, resource));
}

/** Writes that the object is going. What is going already as it is to be stays as it is. */
async function marked(
  { store }: Dependencies,
  { resource }: Target,
  { dryRun }: DeleteOptions,
  current: Stored,
  going: JsonObject,
): Promise<Answer> {
  if (dryRun) return { code: 200, object: going };
  if (equals(going, objectIn(current, resource))) return { code: 200, stored: current };
  return { code: 200, stored: await store.put(current.key, storable(going, resource), current.revision) };
}

function deleted({ resource, name }: Target, { uid }: Stored, object: JsonObject): Answer {
  if (isReturnedWhenDeleted(resource)) return { code: 200, object };
  const { group, plural } = resource;
  const details = { name, ...(group !== '' && { group }), kind: plural, uid };
  return { code: 200, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

interface Grace {
  readonly object: JsonObject;
  readonly seconds: number;
}

/**
 * With the time at which the object is to go, for a kind that is given time; undefined for any other, and 'pending'
 * where it is going already and no sooner is asked for. A pod that no node runs is given none.
 */
function gracefully(
  old: JsonObject,
  { resource }: Target,
  options: DeleteOptions,
  now: Date,
): Grace | 'pending' | undefined {
  if (resource.strategy.graceSeconds === undefined) return undefined;
  const wanted = options.gracePeriodSeconds;
  const asked = wanted !== undefined && wanted < 0 ? 1 : wanted;

  const since = goingSince(old);
  if (since !== undefined) {
    const given = numberAt(old, 'metadata', 'deletionGracePeriodSeconds') ?? 0;
    if (given === 0) return undefined;
    if (asked === undefined || asked >= given) return 'pending';
    const end = Date.parse(since) - given * 1000 + asked * 1000;
    const isPast = end < now.getTime();
    const seconds = isPast && asked !== 0 ? 1 : asked;
    return { object: goingAt(old, isPast ? now : new Date(end), seconds), seconds };
  }

  const own = numberAt(old, 'spec', 'terminationGracePeriodSeconds') ?? resource.strategy.graceSeconds;
  const phase = stringAt(old, 'status', 'phase');
  const isIdle = (stringAt(old, 'spec', 'nodeName') ?? '') === '' || phase === 'Failed' || phase === 'Succeeded';
  const seconds = isIdle ? 0 : Math.max(asked ?? own, 0);
  return { object: countedUp(goingAt(old, new Date(now.getTime() + seconds * 1000), seconds)), seconds };
}

function goingAt(object: JsonObject, time: Date, seconds: number): JsonObject {
  return withMetadata(object, { deletionTimestamp: timeText(time), deletionGracePeriodSeconds: seconds });
}

function goingSince(object: JsonObject): string | undefined {
  return stringAt(object, 'metadata', 'deletionTimestamp');
}

/** A deletion is a change that controllers have to see. */
function countedUp(object: JsonObject): JsonObject {
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  return generation > 0 ? withMetadata(object, { generation: generation + 1 }) : object;
}

function markedAsDeleting(object: JsonObject, now: Date, { storedAs }: Resource): JsonObject {
  // definitions have a way of their own to go, as namespaces do
  if (storedAs === DEFINITIONS) return withMetadata(object, { deletionTimestamp: goingSince(object) ?? timeText(now) });
  const since = goingSince(object);
  const counted = since === undefined ? countedUp(object) : object;
  const isSooner = since !== undefined && Date.parse(since) <= now.getTime();
  return withMetadata(counted, {
    deletionTimestamp: isSooner ? since : timeText(now),
    deletionGracePeriodSeconds: 0,
  });
}

/** The finalizers that the garbage collector is to see, beside those of others. */
function finalizersAfter(old: JsonObject, { resource }: Target, options: DeleteOptions): string[] {
  const before = finalizersOf(old);
  const others = before.filter((each) => each !== ORPHAN_FINALIZER && each !== FOREGROUND_FINALIZER);
  if (!mayOwn(resource)) return others;

  const policy = policyOf(options, before, orphansByDefault(resource));
  const after = [...others];
  if (policy === 'Orphan') after.push(ORPHAN_FINALIZER);
  if (policy === 'Foreground') after.push(FOREGROUND_FINALIZER);
  const isSame = after.length === before.length && after.every((each) => before.includes(each));
  return isSame ? before : after;
}

/** What the client asks for, else what the object says itself, else what the kind does. */
function policyOf(
  { orphanDependents, propagationPolicy }: DeleteOptions,
  finalizers: readonly string[],
  orphans: boolean,
): 'Background' | 'Foreground' | 'Orphan' {
  if (orphanDependents !== undefined) return orphanDependents ? 'Orphan' : 'Background';
  if (propagationPolicy !== undefined) return propagationPolicy;
  if (finalizers.includes(ORPHAN_FINALIZER)) return 'Orphan';
  if (finalizers.includes(FOREGROUND_FINALIZER)) return 'Foreground';
  return orphans ? 'Orphan' : 'Background';
}

function withFinalizers(object: JsonObject, finalizers: readonly string[]): JsonObject {
  if (finalizers.length === 0 && objectAt(object, 'metadata')?.finalizers === undefined) return object;
  return withMetadata(object, { finalizers: finalizers.length === 0 ? undefined : finalizers });
}

/** A namespace that is to go first empties itself; undefined where nothing is left that holds it. */
function terminatingNamespace(old: JsonObject, options: DeleteOptions, now: Date): JsonObject | undefined {
  const inSpec = objectAt(old, 'spec')?.finalizers;
  const isHeld = Array.isArray(inSpec) && inSpec.length > 0;
  if (goingSince(old) !== undefined) return isHeld ? old : undefined;

  const { orphanDependents, propagationPolicy } = options;
  const before = finalizersOf(old);
  const isOrphan =
    orphanDependents ??
    (propagationPolicy === undefined ? before.includes(ORPHAN_FINALIZER) : propagationPolicy === 'Orphan');
  const isForeground =
    orphanDependents === undefined
      ? propagationPolicy === undefined
        ? before.includes(FOREGROUND_FINALIZER)
        : propagationPolicy === 'Foreground'
      : !orphanDependents;
  const finalizers = before.filter((each) => each !== ORPHAN_FINALIZER && each !== FOREGROUND_FINALIZER);
  if (isOrphan) finalizers.push(ORPHAN_FINALIZER);
  if (isForeground) finalizers.push(FOREGROUND_FINALIZER);

  const going = withMetadata(withFinalizers(old, finalizers), { deletionTimestamp: timeText(now) });
  return { ...going, status: { ...objectAt(old, 'status'), phase: 'Terminating' } };
}

/** @throws Failure 409 where the client speaks of another object, or of another state of it */
function checkPreconditions(
  { uid, revision }: Stored,
  { resource, name }: Target,
  { preconditions }: DeleteOptions,
): void {
  const named = { group: resource.group, plural: resource.kind };
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw conflict(named, name, why);
  }
  const version = preconditions.resourceVersion;
  if (version !== undefined && version !== String(revision)) {
    const why = `the ResourceVersion in the precondition (${version}) does not match the ResourceVersion in record (${revision}). The object might have been modified`;
    throw conflict(named, name, why);
  }
}

/** The object has changed since it was read. */
function isRace(error: unknown): boolean {
  return error instanceof Failure && error.reason === 'Conflict';
}
