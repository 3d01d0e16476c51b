/** What stands around the object of a review: its namespace, the exceptions there, and the other objects. */
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { type Kind, keyOf, namespace as namespaceKind, policyException } from '../../src/kubernetes/kinds.ts';
import { isBeingDeleted, referenceTo } from '../../src/kubernetes/object.ts';
import { type PolicyException, readException } from '../../src/policy/engine/exceptions.ts';
import type { Inventory } from '../../src/policy/engine/inventory.ts';
import type { EffectivePolicy } from '../../src/policy/engine/policy.ts';

/**
 * The object with the request's namespace, where it names none itself. A request about a Namespace names that one, which
 * is in none: what is told of it must not go where it goes.
 */
export function placedIn(namespace: string, object: JsonObject): JsonObject {
  if (namespace === '' || stringAt(object, 'metadata', 'namespace') !== undefined) return object;
  if (keyOf(object) === namespaceKind.key) return object;
  return { ...object, metadata: { ...objectAt(object, 'metadata'), namespace } };
}

/** The exceptions that count in the namespace. An exception that is being deleted excuses nothing any more. */
export function exceptionsIn(namespace: string, policy: EffectivePolicy, inventory: Inventory): PolicyException[] {
  const exceptions: PolicyException[] = [];
  if (namespace === '') return exceptions;
  for (const object of inventory.inNamespace(policyException, namespace)) {
    if (isBeingDeleted(object)) continue;
    const exception = known(object, policy);
    if (exception !== undefined) exceptions.push(exception);
  }
  return exceptions;
}

/** Read once for each policy: a cache keeps an object until it changes. */
const read = new WeakMap<EffectivePolicy, WeakMap<JsonObject, { readonly exception: PolicyException | undefined }>>();

function known(object: JsonObject, policy: EffectivePolicy): PolicyException | undefined {
  const ofPolicy = read.get(policy) ?? new WeakMap<JsonObject, { exception: PolicyException | undefined }>();
  read.set(policy, ofPolicy);
  const entry = ofPolicy.get(object) ?? { exception: readException(object, policy) };
  ofPolicy.set(object, entry);
  return entry.exception;
}

/** True where the namespace is on its way out: nothing that still happens in it is worth a word. */
export function isTerminating(namespace: string, inventory: Inventory): boolean {
  const object = inventory.find(namespaceKind, '', namespace);
  if (object === undefined) return false;
  return isBeingDeleted(object) || stringAt(object, 'status', 'phase') === 'Terminating';
}

/** The inventory as it will be once the object is stored: the cache still has the state before, or none. */
export function withObject(inventory: Inventory, object: JsonObject): Inventory {
  const key = keyOf(object);
  const { namespace, name } = referenceTo(object);
  const replaced = (kind: Kind, objects: readonly JsonObject[]) => {
    const copy = objects.slice();
    const before = inventory.find(kind, namespace, name);
    const index = before === undefined ? -1 : copy.indexOf(before);
    if (index < 0) copy.push(object);
    else copy[index] = object;
    return copy;
  };
  let all: readonly JsonObject[] | undefined;

  return {
    all(kind: Kind) {
      if (kind.key !== key) return inventory.all(kind);
      all ??= replaced(kind, inventory.all(kind));
      return all;
    },
    inNamespace(kind: Kind, where: string) {
      const objects = inventory.inNamespace(kind, where);
      return kind.key !== key || where !== namespace ? objects : replaced(kind, objects);
    },
    find(kind: Kind, where: string, wanted: string) {
      const isSelf = kind.key === key && wanted === name && where === namespace;
      return isSelf ? object : inventory.find(kind, where, wanted);
    },
    knows: (kind: Kind) => inventory.knows(kind),
    isBehind: (kind: Kind) => inventory.isBehind?.(kind) === true,
  };
}
