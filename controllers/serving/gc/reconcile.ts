/** One Configuration: Revisions that no Route leads to go when they are old, or too many (knative/serving pkg/reconciler/gc/gc.go). */

import { revisions } from '../../../src/knative/resources.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { type JsonObject, stringAt } from '../../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import {
  CONFIGURATION_LABEL,
  NO_GC_ANNOTATION,
  ROUTING_STATE_LABEL,
  ROUTING_STATE_MODIFIED_ANNOTATION,
} from '../keys.ts';
import { annotationOf, labelOf, namespaceOf } from '../read.ts';
import type { GarbageCollection } from '../settings.ts';

export interface Found {
  readonly configuration: JsonObject;
  /** All of its namespace. */
  readonly revisions: readonly JsonObject[];
}

export interface Collection {
  /** To be deleted now. */
  readonly stale: readonly JsonObject[];
  /** When the next one will be, if nothing changes. */
  readonly again: Date | undefined;
}

/** Which Revisions are to go, the one first that was used the longest ago. */
export function collectionOf({ configuration, revisions: all }: Found, gc: GarbageCollection, now: Date): Collection {
  const own = all.filter((revision) => labelOf(revision, CONFIGURATION_LABEL) === nameOf(configuration));
  const unused = own
    .filter((revision) => isUnused(revision, configuration))
    .toSorted((left, right) => lastActive(left) - lastActive(right));
  const most = unused.length - gc.minNonActive;
  if (most <= 0) return { stale: [], again: undefined };

  const times = new Map(unused.map((revision) => [revision, staleAt(revision, gc)]));
  const stale = unused.filter((revision) => (times.get(revision) ?? Infinity) <= now.getTime()).slice(0, most);
  if (stale.length === most) return { stale, again: undefined };

  const rest = unused.filter((revision) => !stale.includes(revision));
  const tooMany = gc.maxNonActive === undefined ? 0 : Math.max(0, rest.length - gc.maxNonActive);
  const next = Math.min(...rest.slice(tooMany).map((revision) => times.get(revision) ?? Infinity));
  return { stale: [...stale, ...rest.slice(0, tooMany)], again: Number.isFinite(next) ? new Date(next) : undefined };
}

/** Deletes them. */
export async function collect({ stale }: Collection, client: Client): Promise<void> {
  for (const revision of stale) {
    if (isBeingDeleted(revision)) continue;
    try {
      // one that a Route came to lead to in this moment has another resourceVersion
      const resourceVersion = stringAt(revision, 'metadata', 'resourceVersion') ?? '';
      await client.delete(
        revisions,
        { namespace: namespaceOf(revision), name: nameOf(revision) },
        { preconditions: { uid: uidOf(revision), resourceVersion } },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function isUnused(revision: JsonObject, configuration: JsonObject): boolean {
  const isLatestReady = stringAt(configuration, 'status', 'latestReadyRevisionName') === nameOf(revision);
  const isKept = annotationOf(revision, NO_GC_ANNOTATION)?.toLowerCase() === 'true';
  return !isLatestReady && !isKept && labelOf(revision, ROUTING_STATE_LABEL) === 'reserve';
}

/** When it is old enough to go, in milliseconds; never where both measures are off. */
function staleAt(revision: JsonObject, { retainSinceCreateMs, retainSinceLastActiveMs }: GarbageCollection): number {
  if (retainSinceCreateMs === undefined && retainSinceLastActiveMs === undefined) return Number.POSITIVE_INFINITY;
  const byCreation = retainSinceCreateMs === undefined ? 0 : created(revision) + retainSinceCreateMs;
  const byUse = retainSinceLastActiveMs === undefined ? 0 : lastActive(revision) + retainSinceLastActiveMs;
  return Math.max(byCreation, byUse);
}

function created(revision: JsonObject): number {
  return Date.parse(stringAt(revision, 'metadata', 'creationTimestamp') ?? '') || 0;
}

function lastActive(revision: JsonObject): number {
  return Date.parse(annotationOf(revision, ROUTING_STATE_MODIFIED_ANNOTATION) ?? '') || created(revision);
}
