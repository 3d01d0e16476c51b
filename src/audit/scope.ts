/** Which policy judges an object of a cluster, and which objects nobody judges. */
import { isKnativesOwn } from '../knative/ownership.ts';
import { type JsonObject, stringAt } from '../kubernetes/json.ts';
import { keyOf, namespace } from '../kubernetes/kinds.ts';
import { isBeingDeleted, labelsOf } from '../kubernetes/object.ts';
import { ENVIRONMENT_LABEL } from '../policy/environmentLabel.ts';

/** Empty where the Namespace is in no environment. */
export function environmentOf(object: JsonObject | undefined): string {
  if (object === undefined) return '';
  const label = labelsOf(object)[ENVIRONMENT_LABEL];
  return typeof label === 'string' ? label : '';
}

/** True where nothing in the namespace is worth a word any more: it is on its way out. */
export function isTerminating(object: JsonObject): boolean {
  return isBeingDeleted(object) || stringAt(object, 'status', 'phase') === 'Terminating';
}

/** Namespaces are judged with what is in them; of what is in no namespace this says ''. */
export function placeOf(object: JsonObject): string {
  const isNamespace = keyOf(object) === namespace.key;
  return stringAt(object, 'metadata', isNamespace ? 'name' : 'namespace') ?? '';
}

/** True where nobody can change the object: it goes away, or Knative made it and follows its owner. */
export function isLeftOut(object: JsonObject): boolean {
  return isBeingDeleted(object) || isKnativesOwn(object);
}
