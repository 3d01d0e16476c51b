/** Events for whoever looks at a part of a sink. */
import type { Happening } from '../../src/kubernetes/client/events.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { referenceTo } from '../../src/kubernetes/object.ts';
import type { Tools } from '../manager/controller.ts';

/** @param object which may be gone */
export function tellAbout(
  { record }: Pick<Tools, 'record'>,
  object: JsonObject,
  happening: Omit<Happening, 'regarding'>,
): void {
  const uid = stringAt(object, 'metadata', 'uid');
  record({ regarding: { ...referenceTo(object), ...(uid === undefined ? {} : { uid }) }, ...happening });
}
