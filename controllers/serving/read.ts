/** What the controllers read of objects, whatever those look like. */

import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { uidOf } from '../../src/kubernetes/object.ts';

export function namespaceOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'namespace') ?? '';
}

export function generationOf(object: JsonObject): number {
  return numberAt(object, 'metadata', 'generation') ?? 0;
}

export function labelOf(object: JsonObject | undefined, key: string): string | undefined {
  return stringAt(object, 'metadata', 'labels', key);
}

export function annotationOf(object: JsonObject | undefined, key: string): string | undefined {
  return stringAt(object, 'metadata', 'annotations', key);
}

/** `namespace/name`: the key of an object in a queue. */
export function keyOf(object: JsonObject): string {
  return `${namespaceOf(object)}/${stringAt(object, 'metadata', 'name') ?? ''}`;
}

export function placeOf(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that follows the object, of which there is one at most. */
export function controllerOf(object: JsonObject): JsonObject | undefined {
  return arrayAt(object, 'metadata', 'ownerReferences')
    .filter(isObject)
    .find((owner) => owner.controller === true);
}

export function isControlledBy(object: JsonObject, owner: JsonObject): boolean {
  const uid = stringAt(controllerOf(object), 'uid');
  return uid !== undefined && uid === uidOf(owner);
}

/** The key of the owner of that kind that follows the object. */
export function* ownerKey(object: JsonObject | undefined, kind: string): Generator<string> {
  if (object === undefined) return;
  const owner = controllerOf(object);
  const name = stringAt(owner, 'name');
  if (name !== undefined && stringAt(owner, 'kind') === kind) yield `${namespaceOf(object)}/${name}`;
}

/** The status of a condition as it stands in the object; undefined where the object has no such condition. */
export function conditionStatus(object: JsonObject, type: string): string | undefined {
  for (const condition of arrayAt(object, 'status', 'conditions')) {
    if (stringAt(condition, 'type') === type) return stringAt(condition, 'status');
  }
  return undefined;
}

/** Ready, and of the spec as it is now. */
export function isReady(object: JsonObject): boolean {
  return isOfNow(object) && conditionStatus(object, 'Ready') === 'True';
}

/** Failed, and because of the spec as it is now. */
export function isFailed(object: JsonObject): boolean {
  return isOfNow(object) && conditionStatus(object, 'Ready') === 'False';
}

/** True where the status speaks of the spec as it is now. */
export function isOfNow(object: JsonObject): boolean {
  return (numberAt(object, 'status', 'observedGeneration') ?? 0) === generationOf(object);
}

/** The parts of a comma-separated annotation, each once. */
export function listAnnotation(object: JsonObject | undefined, key: string): Set<string> {
  const text = annotationOf(object, key) ?? '';
  return new Set(text === '' ? [] : text.split(','));
}
