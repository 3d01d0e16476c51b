import { type JsonObject, objectAt } from '../../../src/kubernetes/json.ts';

/** What a cluster's webhook fills in where a Broker says nothing (knative/eventing config/core/configmaps/default-broker.yaml). */
export const DEFAULT_DELIVERY: JsonObject = { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' };

/** Of all its Triggers that have none of their own. */
export function deliveryOfBroker(broker: JsonObject | undefined): JsonObject {
  return objectAt(broker, 'spec', 'delivery') ?? DEFAULT_DELIVERY;
}
