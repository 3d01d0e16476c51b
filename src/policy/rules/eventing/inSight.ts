/** What an Eventing object refers to, looked up among the objects in sight. */

import { INJECTION } from '../../../knative/eventing/brokerAndTrigger.ts';
import { brokerOf, type Reference } from '../../../knative/eventing/references.ts';
import { booleanAt, type JsonObject, objectAt, stringAt } from '../../../kubernetes/json.ts';
import { broker, defineKind, groupOf, namespace as namespaceKind, trigger } from '../../../kubernetes/kinds.ts';
import { annotationsOf, labelsOf } from '../../../kubernetes/object.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { RuleContext } from '../../engine/rule.ts';

export function findReferenced(inventory: Inventory, reference: Reference): JsonObject | undefined {
  const kind = defineKind(groupOf(reference.apiVersion), reference.kind);
  return inventory.find(kind, reference.namespace, reference.name);
}

/** The Broker that a Trigger listens to, where it is in sight. */
export function brokerInSight(triggerObject: JsonObject, inventory: Inventory): JsonObject | undefined {
  const placed = brokerOf(triggerObject);
  if (placed === undefined) return undefined;
  return inventory.find(broker, placed.reference.namespace, placed.reference.name);
}

/** The Triggers in sight that listen to the Broker. */
export function triggersOf(brokerName: string, brokerNamespace: string, { inventory }: RuleContext): JsonObject[] {
  const byNamespace = triggerIndex(inventory.all(trigger)).get(brokerName);
  if (byNamespace === undefined) return [];
  if (brokerNamespace === '') return [...byNamespace.values()].flat();
  return [...(byNamespace.get(brokerNamespace) ?? []), ...(byNamespace.get('') ?? [])];
}

/** Triggers by their Broker's name, then by its namespace. */
type TriggerIndex = ReadonlyMap<string, ReadonlyMap<string, readonly JsonObject[]>>;

/** Worked out once for one list of Triggers, so that many Brokers do not each look through all of them. */
const indexes = new WeakMap<readonly JsonObject[], TriggerIndex>();

function triggerIndex(triggers: readonly JsonObject[]): TriggerIndex {
  const known = indexes.get(triggers);
  if (known !== undefined) return known;

  const index = new Map<string, Map<string, JsonObject[]>>();
  for (const object of triggers) {
    const reference = brokerOf(object)?.reference;
    if (reference === undefined) continue;
    const byNamespace = index.get(reference.name) ?? new Map<string, JsonObject[]>();
    index.set(reference.name, byNamespace);
    const list = byNamespace.get(reference.namespace);
    if (list === undefined) byNamespace.set(reference.namespace, [object]);
    else list.push(object);
  }
  indexes.set(triggers, index);
  return index;
}

/** True where Knative's sugar controller makes the Broker `default` by itself. */
export function isInjected(triggerObject: JsonObject, brokerName: string, inventory: Inventory): boolean {
  if (brokerName !== 'default') return false;
  if (annotationsOf(triggerObject)[INJECTION] === 'enabled') return true;
  const own = stringAt(triggerObject, 'metadata', 'namespace') ?? '';
  const home = inventory.find(namespaceKind, '', own);
  return home !== undefined && labelsOf(home)[INJECTION] === 'enabled';
}

/** True where the delivery names somewhere for what cannot be delivered. */
export function hasDeadLetterSink(delivery: JsonObject | undefined): boolean {
  return objectAt(delivery, 'deadLetterSink') !== undefined;
}

export function isSuspended(object: JsonObject): boolean {
  return booleanAt(object, 'spec', 'suspend') === true;
}
