/** Who made what: the one owner that is a controller (k8s.io/apimachinery pkg/apis/meta/v1/controller_ref.go). */

import type { Change, Store } from '../../src/kubernetes/client/store.ts';
import { arrayAt, isObject, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { nameSuffix } from '../../src/kubernetes/names.ts';
import { nameOf, referenceTo, uidOf } from '../../src/kubernetes/object.ts';

function ownerOf(object: JsonObject | undefined): JsonObject | undefined {
  return arrayAt(object, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find(({ controller }) => controller === true);
}

/** What this one made, of what is known. */
export function ownedBy(owner: JsonObject, store: Store): JsonObject[] {
  const uid = uidOf(owner);
  return store.inNamespace(referenceTo(owner).namespace).filter((each) => stringAt(ownerOf(each), 'uid') === uid);
}

export function ownerReference(owner: JsonObject): JsonObject {
  const { apiVersion, kind, name } = referenceTo(owner);
  return { apiVersion, kind, name, uid: uidOf(owner), controller: true, blockOwnerDeletion: true };
}

/** The key of the owner of that kind, for what changed. */
export function ownersKey(kind: string, { object, old }: Change): string[] {
  const owner = ownerOf(object ?? old);
  return owner?.kind === kind
    ? [`${stringAt(object ?? old, 'metadata', 'namespace') ?? ''}/${stringAt(owner, 'name') ?? ''}`]
    : [];
}

export function ownKey({ object, old }: Change): string[] {
  const found = object ?? old ?? {};
  return [`${referenceTo(found).namespace}/${nameOf(found)}`];
}

/** For the name of what a controller makes. @param random at least 0, less than 1 */
export function suffix(random: () => number): string {
  return nameSuffix((end) => Math.floor(random() * end));
}
