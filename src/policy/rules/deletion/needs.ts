/** Who needs what: the references of everything in sight, turned around. */
import { type PlacedReference, referencesOf, referringKinds } from '../../../knative/eventing/references.ts';
import { isKnativesOwn } from '../../../knative/ownership.ts';
import { type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { domainMapping, groupOf, type Kind, keyOf, kindKey } from '../../../kubernetes/kinds.ts';
import { isBeingDeleted, referenceTo } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { Subject } from '../../engine/subject.ts';

export interface Need {
  readonly object: JsonObject;
  /** What the other is to it: `subscriber`, `broker`, `target`. */
  readonly role: PlacedReference['role'] | 'target';
}

const kinds: readonly Kind[] = [...referringKinds, domainMapping];

/**
 * The objects that refer to the subject. Left out are the subject itself, what is being deleted as well, and what a
 * Knative object made for its own use: that object refers to the subject, too, or goes with it.
 */
export function needsOf(subject: Subject, inventory: Inventory): Need[] {
  const key = needKey(subject.key, subject.namespace, subject.name);
  const needs: Need[] = [];
  for (const kind of kinds) {
    for (const need of indexOf(inventory.all(kind)).get(key) ?? []) {
      if (!isSame(need.object, subject) && !isBeingDeleted(need.object) && !isKnativesOwn(need.object))
        needs.push(need);
    }
  }
  return needs;
}

/** True where others may refer to the subject that are not in sight yet, and are in a moment. */
export function mayBeNeeded(inventory: Inventory): boolean {
  return kinds.some((kind) => inventory.isBehind?.(kind) === true);
}

function isSame(object: JsonObject, { reference }: Subject): boolean {
  const { apiVersion, kind, namespace, name } = referenceTo(object);
  return (
    kind === reference.kind &&
    name === reference.name &&
    namespace === reference.namespace &&
    groupOf(apiVersion) === groupOf(reference.apiVersion)
  );
}

type Index = ReadonlyMap<string, readonly Need[]>;

/** Worked out once for a list, which a live inventory keeps until something in it changes. */
const indexes = new WeakMap<readonly JsonObject[], Index>();

function indexOf(objects: readonly JsonObject[]): Index {
  const known = indexes.get(objects);
  if (known !== undefined) return known;

  const index = new Map<string, Need[]>();
  for (const object of objects) {
    const seen = new Set<string>();
    for (const { role, key } of needed(object)) {
      const list = index.get(key);
      if (seen.has(key)) continue;
      seen.add(key);
      if (list === undefined) index.set(key, [{ object, role }]);
      else list.push({ object, role });
    }
  }
  indexes.set(objects, index);
  return index;
}

function needed(object: JsonObject): { role: Need['role']; key: string }[] {
  const result: { role: Need['role']; key: string }[] = [];
  for (const { role, reference } of referencesOf(object)) {
    const kind = kindKey(groupOf(reference.apiVersion), reference.kind);
    result.push({ role, key: needKey(kind, reference.namespace, reference.name) });
  }
  if (keyOf(object) !== domainMapping.key) return result;

  const target = objectAt(object, 'spec', 'ref');
  const kind = stringAt(target, 'kind');
  if (kind !== undefined) {
    const namespace = stringAt(target, 'namespace') ?? referenceTo(object).namespace;
    const key = kindKey(groupOf(stringAt(target, 'apiVersion') ?? ''), kind);
    result.push({ role: 'target', key: needKey(key, namespace, stringAt(target, 'name') ?? '') });
  }
  return result;
}

function needKey(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace} ${name}`;
}
