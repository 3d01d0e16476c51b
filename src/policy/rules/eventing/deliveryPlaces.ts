/** The deliveries of an object, and who else decides where there is none. */

import { deliveryWays } from '../../../knative/eventing/references.ts';
import { type JsonObject, objectAt, stringAt, valueAt } from '../../../kubernetes/json.ts';
import { parallel, sequence, subscription } from '../../../kubernetes/kinds.ts';
import { titleOf } from '../../../kubernetes/object.ts';
import { parent, pointer } from '../../../kubernetes/pointer.ts';
import type { Inventory } from '../../engine/inventory.ts';
import type { Subject } from '../../engine/subject.ts';
import { findReferenced } from './inSight.ts';

export interface DeliveryPlace {
  /** Pointer of the delivery: `/spec/delivery`, `/spec/steps/0/delivery`. */
  readonly path: string;
  /** `Trigger cart`, `step 2 of Sequence checkout`. */
  readonly owner: string;
  readonly delivery: JsonObject | undefined;
  /**
   * Nothing else says how often it is tried: true for steps, branches and Subscriptions without a delivery. A Trigger
   * inherits its Broker's; Brokers, Channels and KafkaSources get one from the cluster's ConfigMaps or their controllers.
   */
  readonly standsAlone: boolean;
}

/** Several rules ask for the places of the same object one after the other. */
const known = new WeakMap<Subject, readonly DeliveryPlace[]>();

/** Where the object's deliveries are, or would be. */
export function deliveryPlaces(subject: Subject, inventory: Inventory): readonly DeliveryPlace[] {
  const places = known.get(subject) ?? findPlaces(subject, inventory);
  known.set(subject, places);
  return places;
}

function findPlaces(subject: Subject, inventory: Inventory): DeliveryPlace[] {
  const { object, key } = subject;
  const title = titleOf(subject.reference);
  const places: DeliveryPlace[] = [];
  for (const way of deliveryWays(object, key)) {
    const [, , index] = way;
    const item = key === sequence.key ? 'step' : 'branch';
    const owner = typeof index === 'number' ? `${item} ${index + 1} of ${title}` : title;
    places.push({
      path: pointer(...way),
      owner,
      delivery: objectAt(object, ...way),
      standsAlone:
        key === sequence.key ||
        key === parallel.key ||
        (key === subscription.key && !channelDelivers(object, inventory)),
    });
  }
  return places;
}

/** True where the Subscription's channel is in sight and has a delivery, which holds where the Subscription has none. */
export function channelDelivers(subscriptionObject: JsonObject, inventory: Inventory): boolean {
  return objectAt(channelOf(subscriptionObject, inventory), 'spec', 'delivery') !== undefined;
}

export function channelOf(subscriptionObject: JsonObject, inventory: Inventory): JsonObject | undefined {
  const reference = objectAt(subscriptionObject, 'spec', 'channel');
  return findReferenced(inventory, {
    apiVersion: stringAt(reference, 'apiVersion') ?? '',
    kind: stringAt(reference, 'kind') ?? '',
    name: stringAt(reference, 'name') ?? '',
    namespace: stringAt(reference, 'namespace') ?? stringAt(subscriptionObject, 'metadata', 'namespace') ?? '',
  });
}

/** The pointer, or the nearest place above it that the object has: findings name what is there. */
export function nearestPlace(object: JsonObject, ...way: readonly (string | number)[]): string {
  let path = pointer(...way);
  for (let length = way.length; length > 0; length--) {
    if (valueAt(object, ...way.slice(0, length)) !== undefined) return path;
    path = parent(path);
  }
  return '';
}
