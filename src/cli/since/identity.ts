/** Who an object is, whatever its file and its version. */
import type { JsonObject } from '../../kubernetes/json.ts';
import { groupOf } from '../../kubernetes/kinds.ts';
import { type ObjectReference, referenceTo } from '../../kubernetes/object.ts';

/** One text for an object's group, kind, namespace and name. */
export function identityOf(object: JsonObject): string {
  return identityOfReference(referenceTo(object));
}

export function identityOfReference({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return JSON.stringify([groupOf(apiVersion), kind, namespace, name]);
}
