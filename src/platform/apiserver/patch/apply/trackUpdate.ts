/** Who owns the fields that a create, an update or a patch sets. */
import type { JsonObject } from '../../../../kubernetes/json.ts';
import { timeText } from '../../../../kubernetes/time.ts';
import type { ManagedResource, VersionOf } from '../resource.ts';
import { firstViolation } from '../types/validate.ts';
import { capped } from './cap.ts';
import { emptyObject } from './emptyObject.ts';
import { decode, encode, identityText, type Managed, NOBODY, type Owned } from './managed.ts';
import { isReset, managedFieldsOf, NOBODYS, withManagedFields } from './metadata.ts';
import { ownersAfterUpdate, type Versions } from './updater.ts';
import { versionsOf } from './versions.ts';

export interface Update {
  /** As it stands; undefined on a create. */
  readonly old: JsonObject | undefined;
  /** What is to be written: decoded and defaulted, before the strategy and admission. */
  readonly next: JsonObject;
  readonly manager: string;
  /** Empty for the main resource, else `status`, … */
  readonly subresource: string;
  readonly resource: ManagedResource;
  readonly now: Date;
  readonly versionOf?: VersionOf;
}

/**
 * `next` with its managedFields. Never fails: where a value does not have its type, or an item has no place in its
 * list, nobody owns anything (k8s.io/apimachinery pkg/util/managedfields/internal/fieldmanager.go, UpdateNoErrors).
 */
export function trackUpdate(update: Update): JsonObject {
  const { old, next, resource, subresource, versionOf } = update;
  const managed = managedBefore(update);
  const bare = withManagedFields(next, undefined);
  // an object that nobody has owned so far is owned from its first apply on
  if (old !== undefined && managed.fields.size === 0) return bare;

  const versions = versionsOf(resource, subresource, versionOf);
  const live = withManagedFields(old ?? emptyObject(resource, bare), undefined);
  try {
    return withManagedFields(bare, encode(capped(track(versions, live, bare, managed, update))));
  } catch {
    return bare;
  }
}

/** Who made the change, and when. */
export interface Author {
  readonly manager: string;
  readonly subresource: string;
  readonly now: Date;
}

/** @throws where an object does not have its type */
export function track(
  versions: Versions,
  live: JsonObject,
  next: JsonObject,
  { fields, times }: Managed,
  { manager, subresource, now }: Author,
): Managed {
  for (const object of [live, next]) {
    const first = firstViolation(versions.type, object, true);
    if (first !== undefined) throw new Error(first);
  }

  const { apiVersion } = versions;
  const after = ownersAfterUpdate(versions, live, next, fields, CURRENT);
  const own = after.get(CURRENT);
  after.delete(CURRENT);
  const set = own?.set.difference(NOBODYS);
  if (set === undefined || set.isEmpty) return { fields: after, times };

  const name = manager === '' ? 'unknown' : manager;
  const owner = identityText({ manager: name, operation: 'Update', apiVersion, subresource });
  const before = after.get(owner);
  const owned: Owned = { set: before === undefined ? set : set.union(before.set), apiVersion, isApplied: false };
  return { fields: after.set(owner, owned), times: new Map(times).set(owner, timeText(now)) };
}

/** Stands for the author until it is known whether there is a change at all: what it owned already stays apart. */
const CURRENT = 'current-operation';

/** What the request says, where it says something that can be read; else what stands. */
function managedBefore({ old, next, subresource, resource }: Update): Managed {
  const standing = managedFieldsOf(old);
  if (subresource !== '') return readable(standing) ?? NOBODY;
  const given = managedFieldsOf(next);
  if (isReset(given, resource.isCustom)) return NOBODY;
  const managed = readable(given);
  return managed === undefined || managed.fields.size === 0 ? (readable(standing) ?? NOBODY) : managed;
}

function readable(entries: ReturnType<typeof managedFieldsOf>): Managed | undefined {
  try {
    return decode(entries);
  } catch {
    return undefined;
  }
}
