/**
 * One Trigger: its conditions as those of a cluster, and whom it brings events to (knative/eventing
 * pkg/reconciler/broker/trigger/trigger.go).
 *
 * One that got events once goes on getting them while its Broker or its subscriber is away: what waits for it is not
 * lost, and what cannot be delivered goes to the dead letters.
 */
import { quote } from '../../../src/knative/goStrings.ts';
import { type JsonObject, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import { isReady, namespaceOf } from '../../serving/read.ts';
import { StatusDraft } from '../../status/draft.ts';
import {
  conditionOf,
  DEAD_LETTER_SINK,
  deadLetterSinkFailed,
  deadLetterSinkMissing,
  deadLetterSinkResolved,
  deliveryOf,
  namesSink,
  oidcIdentityCreated,
  setDeadLetterSink,
  sinkOf,
} from '../conditions.ts';
import type { Resolve } from '../destination.ts';
import { deliveryOfBroker } from './brokerDelivery.ts';
import { type Dependency, markDependency } from './dependency.ts';
import { NOT_LINKED, whyNotLinked } from './elsewhere.ts';
import type { Known, LaneSays } from './lanes.ts';

const BROKER_READY = 'BrokerReady';
const SUBSCRIBED = 'SubscriptionReady';
const SUBSCRIBER_RESOLVED = 'SubscriberResolved';
const DEPENDENTS = [
  BROKER_READY,
  SUBSCRIBED,
  'DependencyReady',
  SUBSCRIBER_RESOLVED,
  DEAD_LETTER_SINK,
  'OIDCIdentityCreated',
];
/** Of knative-extensions/eventing-kafka-broker. */
const ORDER = 'kafka.eventing.knative.dev/delivery.order';

export interface Look {
  readonly status: StatusDraft;
  /** Undefined while it gets no events. */
  readonly lane: LaneSays | undefined;
}

export interface TriggerSurroundings {
  /** A Broker of the Trigger's namespace. */
  broker(name: string): JsonObject | undefined;
  readonly resolve: Resolve;
  dependency(text: string): Dependency;
  /** Where it led before, if it got events before. */
  known(inStatus: Known): Known | undefined;
}

export function lookAtTrigger(trigger: JsonObject, surroundings: TriggerSurroundings): Look {
  const status = new StatusDraft(trigger, DEPENDENTS);
  oidcIdentityCreated(status);
  const broker = surroundings.broker(brokerName(trigger));
  if (isSubscribed(status, trigger, broker, surroundings)) {
    const lane = saysOf(trigger, {
      subscriber: status.text('subscriberUri'),
      reply: 'topic',
      deadLetter: status.text('deadLetterSinkUri'),
      delivery: objectAt(trigger, 'spec', 'delivery') ?? deliveryOfBroker(broker),
    });
    return { status, lane };
  }

  const known = surroundings.known({
    subscriber: stringAt(trigger, 'status', 'subscriberUri') ?? '',
    reply: 'topic',
    deadLetter: stringAt(trigger, 'status', 'deadLetterSinkUri') ?? '',
    delivery: deliveryOfBroker(broker),
  });
  if (known === undefined) return { status, lane: undefined };
  const delivery = objectAt(trigger, 'spec', 'delivery') ?? known.delivery;
  return { status, lane: saysOf(trigger, { ...known, delivery }) };
}

/** The Broker may be named in two ways, and is always one of the Trigger's own namespace; empty where another is asked for. */
export function brokerName(trigger: JsonObject): string {
  const named = stringAt(trigger, 'spec', 'broker') ?? '';
  if (named !== '') return named;
  return notLinked(trigger) === undefined ? (stringAt(trigger, 'spec', 'brokerRef', 'name') ?? '') : '';
}

/** `broker` comes first, where somebody wrote both. */
function notLinked(trigger: JsonObject): string | undefined {
  const named = stringAt(trigger, 'spec', 'broker') ?? '';
  return named === '' ? whyNotLinked('Broker', objectAt(trigger, 'spec', 'brokerRef'), trigger) : undefined;
}

function saysOf(trigger: JsonObject, leads: Known): LaneSays {
  const { filter, filters } = objectAt(trigger, 'spec') ?? {};
  return {
    kind: 'trigger',
    uid: uidOf(trigger),
    topic: `broker:${namespaceOf(trigger)}/${brokerName(trigger)}`,
    subscriber: leads.subscriber,
    reply: leads.reply,
    deadLetter: leads.deadLetter,
    delivery: leads.delivery,
    filter: { ...(filter === undefined ? {} : { filter }), ...(filters === undefined ? {} : { filters }) },
    isOrdered: annotationsOf(trigger)[ORDER] === 'ordered',
    // that of its Broker's delivery counts for nothing (knative/eventing pkg/broker/filter/filter_handler.go)
    isStructured: stringAt(trigger, 'spec', 'delivery', 'format') === 'json',
  };
}

/** Whether all is there that it needs. What stands in its way is in the conditions. */
function isSubscribed(
  status: StatusDraft,
  trigger: JsonObject,
  broker: JsonObject | undefined,
  { resolve, dependency }: TriggerSurroundings,
): boolean {
  const { conditions } = status;
  const elsewhere = notLinked(trigger);
  if (elsewhere !== undefined) {
    conditions.markFalse(BROKER_READY, NOT_LINKED, elsewhere);
    return false;
  }
  if (broker === undefined) {
    conditions.markFalse(BROKER_READY, 'BrokerDoesNotExist', `Broker ${quote(brokerName(trigger))} does not exist`);
    return false;
  }
  const ready = conditionOf(broker, 'Ready');
  if (ready === undefined) {
    conditions.markUnknown(BROKER_READY, 'BrokerNotConfigured', 'Broker has not yet been reconciled.');
  } else conditions.mark({ ...ready, type: BROKER_READY });
  if (!isReady(broker)) return false;

  const subscriber = resolve(valueAt(trigger, 'spec', 'subscriber'));
  status.set('subscriberUri', subscriber.ok ? subscriber.url : undefined);
  status.set('subscriberCACerts', subscriber.ok ? subscriber.caCerts : undefined);
  status.set('subscriberAudience', subscriber.ok ? subscriber.audience : undefined);
  if (!subscriber.ok) {
    conditions.markFalse(SUBSCRIBER_RESOLVED, "Unable to get the Subscriber's URI", subscriber.message);
    return false;
  }
  conditions.markTrue(SUBSCRIBER_RESOLVED);

  if (!setDeadLetterSinkOf(status, trigger, broker, resolve)) return false;
  conditions.markTrue(SUBSCRIBED);
  markDependency(conditions, trigger, dependency);
  return true;
}

/** The Trigger's own, or else the Broker's. */
function setDeadLetterSinkOf(status: StatusDraft, trigger: JsonObject, broker: JsonObject, resolve: Resolve): boolean {
  if (namesSink(trigger)) {
    return setDeadLetterSink(status, trigger, resolve, "Unable to get the dead letter sink's URI");
  }
  if (sinkOf(broker) === undefined) {
    deadLetterSinkMissing(status, broker);
    return true;
  }
  const ofBroker = deliveryOf(broker);
  if (ofBroker !== undefined) deadLetterSinkResolved(status, ofBroker);
  else deadLetterSinkFailed(status, `Broker ${nameOf(broker)} didn't set status.deadLetterSinkURI`, '');
  return ofBroker !== undefined;
}
