/** What is in a namespace that is going, deleted as far as it can be, and what is told of the rest as conditions. */

import { arrayAt, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { finalizersOf } from '../../../kubernetes/object.ts';
import { timeText } from '../../../kubernetes/time.ts';
import type { Resource, Resources } from '../resources/resource.ts';
import { Failure } from '../status/failure.ts';
import type { Reader, Stored } from '../store/store.ts';
import { NAMESPACE_CONTROLLER, type Writes } from './writes.ts';

/** What could not be deleted, and why. */
export interface Remaining {
  /** `pods.` as Kubernetes names it, with the number of its objects. */
  readonly counts: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
  /** Only pods were looked at: they go first. */
  readonly isPodsOnly: boolean;
}

export interface Content {
  readonly reader: Reader;
  readonly resources: Resources;
  readonly writes: Writes;
}

/** Deletes all that is in the namespace: pods first, and the rest when none is left. */
export async function deleteContent(namespace: string, content: Content): Promise<Remaining> {
  const all = deletable(content.resources);
  const isPod = ({ storedAs }: Resource): boolean => storedAs === 'pods';
  const pods = await deleteOf(all.filter(isPod), namespace, content);
  if (pods.counts.size > 0) return { ...pods, isPodsOnly: true };
  const rest = await deleteOf(
    all.filter((resource) => !isPod(resource)),
    namespace,
    content,
  );
  return { ...rest, errors: [...pods.errors, ...rest.errors] };
}

async function deleteOf(resources: readonly Resource[], namespace: string, content: Content): Promise<Remaining> {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const errors: string[] = [];
  for (const { storedAs, plural, group } of resources) {
    if (left(storedAs, namespace, content.reader).length === 0) continue;
    try {
      await content.writes.deleteAll(NAMESPACE_CONTROLLER, storedAs, namespace);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      errors.push(error.message);
      continue; // and is not counted, as in Kubernetes
    }
    const remaining = left(storedAs, namespace, content.reader);
    if (remaining.length === 0) continue;
    counts.set(`${plural}.${group}`, remaining.length);
    for (const stored of remaining) {
      for (const finalizer of finalizersOf(stored.object())) {
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
      }
    }
  }
  return { counts, finalizers, errors, isPodsOnly: false };
}

function left(resource: string, namespace: string, reader: Reader): readonly Stored[] {
  return reader.list({ resource, namespace }).items;
}

/** Each once, whatever its versions. */
function deletable(resources: Resources): Resource[] {
  const found = new Map<string, Resource>();
  for (const resource of resources.all()) {
    if (!resource.isNamespaced || !resource.verbs.includes('delete') || found.has(resource.storedAs)) continue;
    found.set(resource.storedAs, resource);
  }
  return [...found.values()];
}

/** The longest that one of the pods may take to end, in seconds. */
export function podSeconds(namespace: string, reader: Reader): number {
  const seconds = left('pods', namespace, reader)
    .map((stored) => stored.object())
    .filter((pod) => !['Failed', 'Succeeded'].includes(stringAt(pod, 'status', 'phase') ?? ''))
    .map((pod) => numberAt(pod, 'spec', 'terminationGracePeriodSeconds') ?? 0);
  return Math.max(0, ...seconds);
}

/** The conditions of a namespace that is going, with those that are well. */
const FINE = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
] as const;

/** The namespace with its conditions; undefined where nothing in them changes. */
export function withConditions(namespace: JsonObject, remaining: Remaining, now: Date): JsonObject | undefined {
  const bad = flaws(remaining);
  const old = arrayAt(namespace, 'status', 'conditions').filter(isObject);
  let isChanged = false;
  const conditions = FINE.map(([type, okReason, okMessage]) => {
    const [reason, message] = bad.get(type) ?? [okReason, okMessage];
    const status = bad.has(type) ? 'True' : 'False';
    const before = old.find((condition) => condition.type === type);
    if (before?.status === status && before.reason === reason && before.message === message) return before;
    isChanged = true;
    const isTransition = before?.status !== status;
    const lastTransitionTime = isTransition ? timeText(now) : (before.lastTransitionTime ?? timeText(now));
    return { type, status, lastTransitionTime, reason, message };
  });
  if (!isChanged) return undefined;
  const others = old.filter(({ type }) => !FINE.some(([each]) => each === type));
  return { ...namespace, status: { ...objectAt(namespace, 'status'), conditions: [...others, ...conditions] } };
}

/** By the condition's type: reason and message. */
function flaws({ counts, finalizers, errors, isPodsOnly }: Remaining): Map<string, [string, string]> {
  const found = new Map<string, [string, string]>();
  if (errors.length > 0) {
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`;
    found.set('NamespaceDeletionContentFailure', ['ContentDeletionFailed', message]);
  }
  if (isPodsOnly) return found; // Kubernetes tells of them only together with all the rest
  if (counts.size > 0) {
    const list = [...counts].map(([resource, count]) => `${resource} has ${count} resource instances`).sort();
    const message = `Some resources are remaining: ${list.join(', ')}`;
    found.set('NamespaceContentRemaining', ['SomeResourcesRemain', message]);
  }
  if (finalizers.size > 0) {
    const list = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`).sort();
    const message = `Some content in the namespace has finalizers remaining: ${list.join(', ')}`;
    found.set('NamespaceFinalizersRemaining', ['SomeFinalizersRemain', message]);
  }
  return found;
}
