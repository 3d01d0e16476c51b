/** How an update or an apply moves fields between their owners (sigs.k8s.io/structured-merge-diff/v6 merge/update.go). */
import { equals, type JsonObject, type JsonValue } from '../../../../kubernetes/json.ts';
import { FieldSet } from '../fields/set.ts';
import { type Comparison, compare } from '../types/compare.ts';
import { fieldsOf } from '../types/fieldSet.ts';
import { mergeTyped } from '../types/merge.ts';
import { withNamedFields } from '../types/named.ts';
import { reconcile } from '../types/reconcile.ts';
import { removeFields } from '../types/remove.ts';
import type { Type } from '../types/type.ts';
import { Conflicts, conflictsOf } from './conflict.ts';
import type { Owned } from './managed.ts';

type Owners = Map<string, Owned>;

/** A kind's versions, as the updater sees them. */
export interface Versions {
  /** Of the request. */
  readonly apiVersion: string;
  readonly type: Type;
  /** Undefined for a version that is not served any more. */
  readonly typeOf: (apiVersion: string) => Type | undefined;
  /** Both served. */
  readonly convert: (object: JsonObject, from: string, to: string) => JsonObject;
  /** What the request cannot set. */
  readonly resetFields: (apiVersion: string) => FieldSet;
}

/** The owners after somebody has made `next` of `old`; the other owners lose what has changed. */
export function ownersAfterUpdate(
  versions: Versions,
  old: JsonObject,
  next: JsonObject,
  owners: ReadonlyMap<string, Owned>,
  owner: string,
): Owners {
  const after = reconciled(versions, owners);
  const comparison = moveFields(versions, old, next, after, owner, true);
  const own = after.get(owner)?.set ?? new FieldSet();
  const all = own.difference(comparison.removed).union(comparison.modified).union(comparison.added);
  const { apiVersion } = versions;
  const set = all.recursiveDifference(versions.resetFields(apiVersion));
  if (set.isEmpty) after.delete(owner);
  else after.set(owner, { set, apiVersion, isApplied: false });
  return after;
}

export interface Applied {
  /** Undefined where the object is as it was. */
  readonly object: JsonObject | undefined;
  readonly owners: Owners;
}

/**
 * The live object with the configuration laid over it, without what the owner applied last time, applies no more, and
 * nobody else owns.
 *
 * @throws Conflicts without force, where another owner's field would change
 */
export function applied(
  versions: Versions,
  live: JsonObject,
  config: JsonObject,
  owners: ReadonlyMap<string, Owned>,
  owner: string,
  force: boolean,
): Applied {
  const { apiVersion, type } = versions;
  const after = reconciled(versions, owners);
  const merged = mergeTyped(type, live, config) ?? {};
  const last = after.get(owner);
  const set = fieldsOf(type, config).recursiveDifference(versions.resetFields(apiVersion));
  after.set(owner, { set, apiVersion, isApplied: true });
  const next = asObject(last === undefined || last.set.isEmpty ? merged : pruned(versions, merged, after, last));
  moveFields(versions, live, next, after, owner, force);
  return { object: equals(live, next) ? undefined : next, owners: after };
}

/** Takes from the others what changes; what is removed is nobody's. @throws Conflicts without force */
function moveFields(
  versions: Versions,
  old: JsonObject,
  next: JsonObject,
  owners: Owners,
  owner: string,
  force: boolean,
): Comparison {
  const comparisons = new Map<string, Comparison>();
  const comparisonAt = (apiVersion: string, type: Type): Comparison => {
    const known = comparisons.get(apiVersion);
    if (known !== undefined) return known;
    const [before, after] = [old, next].map((object) => versions.convert(object, versions.apiVersion, apiVersion));
    const comparison = without(compare(type, before ?? old, after ?? next), versions.resetFields(apiVersion));
    comparisons.set(apiVersion, comparison);
    return comparison;
  };
  const own = comparisonAt(versions.apiVersion, versions.type);

  const taken = new Map<string, FieldSet>();
  const removed = new Map<string, FieldSet>();
  for (const [other, { set, apiVersion }] of owners) {
    if (other === owner) continue;
    const type = versions.typeOf(apiVersion);
    if (type === undefined) {
      owners.delete(other);
      continue;
    }
    const comparison = comparisonAt(apiVersion, type);
    const conflicting = set.intersection(comparison.modified.union(comparison.added));
    if (!conflicting.isEmpty) taken.set(other, conflicting);
    if (!comparison.removed.isEmpty) removed.set(other, comparison.removed);
  }
  if (!force && taken.size > 0) throw new Conflicts(conflictsOf(taken));

  for (const losses of [taken, removed]) for (const [other, loss] of losses) lose(owners, other, loss);
  for (const [other, { set }] of owners) if (set.isEmpty) owners.delete(other);
  return own;
}

function lose(owners: Owners, owner: string, loss: FieldSet): void {
  const owned = owners.get(owner);
  if (owned !== undefined) owners.set(owner, { ...owned, set: owned.set.difference(loss) });
}

function without({ removed, modified, added }: Comparison, reset: FieldSet): Comparison {
  if (reset.isEmpty) return { removed, modified, added };
  return {
    removed: removed.recursiveDifference(reset),
    modified: modified.recursiveDifference(reset),
    added: added.recursiveDifference(reset),
  };
}

/** The owners as their types are now; those of versions that are gone are left out. */
function reconciled(versions: Versions, owners: ReadonlyMap<string, Owned>): Owners {
  const result: Owners = new Map();
  for (const [owner, owned] of owners) {
    const type = versions.typeOf(owned.apiVersion);
    if (type !== undefined) result.set(owner, { ...owned, set: reconcile(owned.set, type) });
  }
  return result;
}

function pruned(versions: Versions, merged: JsonValue, owners: Owners, last: Owned): JsonValue {
  const { apiVersion, typeOf } = versions;
  const type = typeOf(last.apiVersion);
  if (type === undefined) return merged;

  const whole = { value: merged, apiVersion };
  const then = inVersion(versions, whole, last.apiVersion);
  const bare = { value: removeFields(type, then, withNamedFields(last.set, type)), apiVersion: last.apiVersion };
  const owned = withOwned(versions, whole, bare, owners);
  const left = inVersion(versions, owned, last.apiVersion);
  const result = { value: withDangling(type, then, left, last.set), apiVersion: last.apiVersion };
  return inVersion(versions, result, apiVersion);
}

/** An object, or what is left of one. */
interface Part {
  readonly value: JsonValue;
  readonly apiVersion: string;
}

function inVersion({ convert }: Versions, { value, apiVersion }: Part, wanted: string): JsonValue {
  return apiVersion === wanted ? value : convert(asObject(value), apiVersion, wanted);
}

/** Brings back what others own, or the owner's new configuration; first in the version that was applied last time. */
function withOwned(versions: Versions, merged: Part, bare: Part, owners: Owners): Part {
  const sets = new Map<string, FieldSet>();
  for (const { apiVersion, set } of owners.values()) {
    sets.set(apiVersion, sets.get(apiVersion)?.union(set) ?? set);
  }
  const first = bare.apiVersion;
  const order = [first, ...[...sets.keys()].filter((apiVersion) => apiVersion !== first)];
  let result = bare;
  for (const apiVersion of order) {
    const type = versions.typeOf(apiVersion);
    const set = sets.get(apiVersion);
    if (type === undefined || set === undefined) continue;
    const whole = inVersion(versions, merged, apiVersion);
    const present = fieldsOf(type, inVersion(versions, result, apiVersion));
    const kept = withNamedFields(present, type).union(withNamedFields(set, type));
    const gone = withNamedFields(fieldsOf(type, whole), type).difference(kept);
    result = { value: removeFields(type, whole, gone), apiVersion };
  }
  return result;
}

/** Brings back what is gone and was never the owner's. */
function withDangling(type: Type, merged: JsonValue, bare: JsonValue, last: FieldSet): JsonValue {
  const left = withNamedFields(fieldsOf(type, bare), type);
  const all = withNamedFields(fieldsOf(type, merged), type);
  return removeFields(type, merged, all.difference(left).intersection(withNamedFields(last, type)));
}

function asObject(value: JsonValue): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}
