/**
 * How events are delivered where the author does not say.
 *
 * Brokers, Subscriptions, steps and branches get what the policy names. A Trigger without a delivery takes its Broker's
 * and stays as it is; one with a delivery of its own no longer takes it (on a channel-based Broker), so that what it
 * leaves out is filled in, with the Broker's own value where that is in sight. A Channel's spec cannot be changed once
 * it is made (knative/eventing pkg/apis/messaging/v1/channel_validation.go), so its Subscriptions get theirs instead.
 */
import { type JsonObject, type JsonValue, objectAt, valueAt } from '../../kubernetes/json.ts';
import { broker, keyOf, parallel, sequence, subscription, trigger } from '../../kubernetes/kinds.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { Defaulter, Fill } from '../engine/default.ts';
import type { EffectivePolicy } from '../engine/policy.ts';
import type { RuleContext } from '../engine/rule.ts';
import type { Subject } from '../engine/subject.ts';
import { sinkReference } from '../model/deadLetters.ts';
import type { DeliveryPolicy, SinkReference } from '../model/eventing.ts';
import { type DeliveryPlace, deliveryPlaces } from '../rules/eventing/deliveryPlaces.ts';
import { brokerInSight } from '../rules/eventing/inSight.ts';

const FIELDS = ['retry', 'backoffPolicy', 'backoffDelay', 'timeout'] as const;
type Field = (typeof FIELDS)[number];

const delivery: Defaulter = {
  id: 'eventing/delivery',
  kinds: [broker, trigger, subscription, sequence, parallel],

  fill(subject, context) {
    const wanted = context.policy.eventing?.delivery;
    if (wanted === undefined) return [];

    const fills: Fill[] = [];
    for (const place of deliveryPlaces(subject, context.inventory)) {
      if (place.delivery === undefined && !getsDelivery(subject, place)) continue;
      const inherited = inheritedBy(subject, context);
      for (const field of FIELDS) addField(fills, place, field, wanted, inherited);
    }
    return fills;
  },
};

function getsDelivery(subject: Subject, place: DeliveryPlace): boolean {
  return place.standsAlone || subject.key === broker.key;
}

function inheritedBy(subject: Subject, { inventory }: RuleContext): JsonObject | undefined {
  if (subject.key !== trigger.key) return undefined;
  return objectAt(brokerInSight(subject.object, inventory), 'spec', 'delivery');
}

function addField(
  fills: Fill[],
  place: DeliveryPlace,
  field: Field,
  wanted: DeliveryPolicy,
  inherited: JsonObject | undefined,
): void {
  const value = wanted[field]?.default;
  if (value === undefined) return;
  const path = join(place.path, field);
  const from = `/spec/eventing/delivery/${field}/default`;
  const own = inherited === undefined ? undefined : scalar(valueAt(inherited, field));
  if (own === undefined) fills.push({ path, value, from });
  else fills.push({ path, value: own, from, because: "kept at its Broker's own" });
}

function scalar(value: JsonValue | undefined): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

const deadLetterSink: Defaulter = {
  id: 'eventing/dead-letter',
  kinds: [broker, subscription, sequence, parallel],

  fill(subject, context) {
    const sink = sinkOf(context.policy);
    if (sink === undefined || isItself(subject, sink.ref)) return [];

    const { from } = sink;
    const fills: Fill[] = [];
    for (const place of deliveryPlaces(subject, context.inventory)) {
      if (place.delivery === undefined && !getsDelivery(subject, place)) continue;
      fills.push({ path: join(place.path, 'deadLetterSink'), value: destinationOf(sink.ref), from });
    }
    return fills;
  },
};

interface PolicySink {
  readonly ref: SinkReference;
  /** Which field of the policy says so. */
  readonly from: string;
}

/** The one that the policy names, or else the one that Weir keeps for the environment. */
function sinkOf({ name, eventing }: EffectivePolicy): PolicySink | undefined {
  const named = eventing?.delivery?.deadLetterSink?.default;
  if (named !== undefined) return { ref: named.ref, from: '/spec/eventing/delivery/deadLetterSink/default' };
  if (eventing?.deadLetters?.keep !== true) return undefined;
  return { ref: sinkReference(name), from: '/spec/eventing/deadLetters/keep' };
}

/** A Broker whose dead letters came back to it would never be rid of them. */
function isItself(subject: Subject, sink: SinkReference): boolean {
  return keyOf({ ...sink }) === subject.key && sink.name === subject.name;
}

function destinationOf({ apiVersion, kind, name, namespace }: SinkReference): JsonObject {
  return { ref: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) } };
}

export const eventingDefaults: readonly Defaulter[] = [delivery, deadLetterSink];
