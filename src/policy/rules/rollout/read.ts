/** TrafficRollouts as the rules of this folder look at them: each is read once, however many rules ask. */
import { type JsonObject, stringAt } from '../../../kubernetes/json.ts';
import { keyOf, trafficRollout } from '../../../kubernetes/kinds.ts';
import { nameOf, referenceTo } from '../../../kubernetes/object.ts';
import type { ReadResult, TrafficRollout } from '../../../rollout/model.ts';
import { readRollout } from '../../../rollout/read.ts';
import type { Inventory } from '../../engine/inventory.ts';

const known = new WeakMap<JsonObject, ReadResult>();

export function readOnce(object: JsonObject): ReadResult {
  const before = known.get(object);
  if (before !== undefined) return before;
  const result = readRollout(object);
  known.set(object, result);
  return result;
}

/** Undefined for what is no TrafficRollout, or none that can be read: rollout/invalid says so. */
export function rolloutOf(object: JsonObject): TrafficRollout | undefined {
  return keyOf(object) === trafficRollout.key ? readOnce(object).rollout : undefined;
}

/** The TrafficRollouts in sight that name the Service, whatever else is wrong with them. */
export function rolloutsFor(service: JsonObject, inventory: Inventory): JsonObject[] {
  const { namespace, name } = referenceTo(service);
  if (name === '') return [];
  return inventory
    .inNamespace(trafficRollout, namespace)
    .filter((object) => stringAt(object, 'spec', 'serviceRef', 'name') === name);
}

/** `TrafficRollout api-service`. */
export function titleOfRollout(object: JsonObject): string {
  return `TrafficRollout ${nameOf(object)}`;
}
