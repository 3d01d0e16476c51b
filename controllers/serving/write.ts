/** Ways in which the controllers write. */
import type { Client } from '../../src/kubernetes/client/client.ts';
import type { Happening } from '../../src/kubernetes/client/events.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { equals, type JsonObject } from '../../src/kubernetes/json.ts';
import { referenceTo, uidOf } from '../../src/kubernetes/object.ts';

/** Writes a status that differs from the object's own; nothing otherwise. */
export async function writeStatus(
  client: Client,
  resource: Resource,
  object: JsonObject,
  status: JsonObject,
): Promise<void> {
  if (equals(object.status, status)) return;
  await client.update(resource, { ...object, status }, { subresource: 'status' });
}

/** An Event about an object, in the words of Knative's own controllers. */
export function happening(
  about: JsonObject,
  type: Happening['type'],
  reason: string,
  action: string,
  note: string,
): Happening {
  return { regarding: { ...referenceTo(about), uid: uidOf(about) }, type, reason, action, note };
}
