/** Which objects are Knative's own to write. */
import { arrayAt, type JsonObject, objectAt, stringAt } from '../kubernetes/json.ts';
import { groupOf } from '../kubernetes/kinds.ts';

/**
 * True where an object of Knative's made this one and follows it: the Configuration or Route of a Service, the
 * Subscription of a Sequence. It rests on what stands in the object, where anybody can write an ownerReference.
 */
export function isKnativesOwn(object: JsonObject): boolean {
  return arrayAt(object, 'metadata', 'ownerReferences').some((owner) => {
    const isController = objectAt(owner)?.controller === true;
    return isController && groupOf(stringAt(owner, 'apiVersion') ?? '').endsWith('.knative.dev');
  });
}
