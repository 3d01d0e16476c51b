import type { JsonObject } from '../../../kubernetes/json.ts';
import { broker, channel, kafkaSource, parallel, sequence, subscription, trigger } from '../../../kubernetes/kinds.ts';
import { join, parent, resolve } from '../../../kubernetes/pointer.ts';
import { defineRule, type Violation } from '../../engine/rule.ts';
import type { NumberBounds } from '../../model/bounds.ts';
import { type DeliveryPlace, deliveryPlaces } from './deliveryPlaces.ts';

/** Kinds with a delivery, or with steps or branches that have one. */
export const deliveryKinds = [broker, trigger, subscription, channel, sequence, parallel, kafkaSource] as const;

/**
 * Enough attempts, and not too many.
 *
 * A Trigger without a delivery takes its Broker's; one with a delivery that leaves retry out is tried once on a
 * channel-based Broker (knative/eventing pkg/reconciler/broker/trigger/trigger.go).
 */
export const deliveryRetry = defineRule({
  id: 'eventing/delivery-retry',
  title: 'events are tried again as often as the environment asks',
  why: 'Without retries an event is lost when its consumer restarts; with too many of them one bad event is tried for days.',
  howToFix: 'Set `retry` in the delivery within the bounds of `eventing.delivery.retry`.',
  kinds: deliveryKinds,
  action: 'deny',
  needsOthers: true,
  examples: {
    bad: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
  delivery: {retry: 1}
`,
    good: `
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: {name: payment}
spec:
  broker: orders
  filter: {attributes: {type: order.created.v1}}
  subscriber: {ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: payment}}
  delivery: {retry: 5}
`,
  },

  judge(subject, { policy, inventory }) {
    const bounds = policy.eventing?.delivery?.retry;
    if (bounds === undefined) return [];
    const violations: Violation[] = [];
    for (const place of deliveryPlaces(subject, inventory)) {
      if (place.delivery === undefined && !place.standsAlone) continue;
      const violation = judgeRetry(subject.object, place, bounds, policy.name);
      if (violation !== undefined) violations.push(violation);
    }
    return violations;
  },
});

function judgeRetry(
  object: JsonObject,
  { path, owner, delivery }: DeliveryPlace,
  { min = 0, max = Number.POSITIVE_INFINITY }: NumberBounds,
  environment: string,
): Violation | undefined {
  const at = join(path, 'retry');
  const written = delivery?.retry;
  if (written === undefined || written === null) {
    if (min === 0) return undefined;
    return {
      path: delivery === undefined ? placeOf(object, parent(path)) : path,
      message: `${owner} names no retry, so that nothing is tried again; ${environment} asks for at least ${min}`,
      fix: [{ set: at, value: min }],
    };
  }

  if (typeof written !== 'number' || written < 0) return undefined; // Knative refuses it by itself
  if (written >= min && written <= max) return undefined;
  const isLess = written < min;
  const wanted = isLess ? `${environment} asks for at least ${min}` : `${environment} allows at most ${max}`;
  return {
    path: at,
    message: `${owner} has retry ${written}, and ${wanted}`,
    fix: [{ set: at, value: isLess ? min : max }],
  };
}

/** A delivery that is not there is told at its owner. */
function placeOf(object: JsonObject, owner: string): string {
  return resolve(object, owner) === undefined ? '' : owner;
}
