/**
 * One Subscription: its conditions as those of a cluster, and where it brings what comes into its Channel
 * (knative/eventing pkg/reconciler/subscription/subscription.go).
 *
 * As with Triggers, one that got events once goes on getting them while something of it is away.
 */
import { type JsonObject, type JsonValue, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { nameOf, uidOf } from '../../../src/kubernetes/object.ts';
import { isReady, namespaceOf } from '../../serving/read.ts';
import { StatusDraft } from '../../status/draft.ts';
import { deliveryOf, namesSink, oidcIdentityCreated, setDelivery, sinkOf } from '../conditions.ts';
import { type Find, notFound, type Reference, type Resolve, readReference } from '../destination.ts';
import { channels, inMemoryChannels, kafkaChannels } from '../resources.ts';
import { NOT_LINKED, whyNotLinked } from './elsewhere.ts';
import type { Known, LaneSays } from './lanes.ts';
import type { Look } from './trigger.ts';

const RESOLVED = 'ReferencesResolved';
const ADDED = 'AddedToChannel';
const CHANNEL_READY = 'ChannelReady';
const DEPENDENTS = [RESOLVED, ADDED, CHANNEL_READY, 'OIDCIdentityCreated'];

export interface SubscriptionSurroundings {
  readonly find: Find;
  readonly resolve: Resolve;
  /** Where it led before, if it got events before. */
  known(inStatus: Known): Known | undefined;
}

export function lookAtSubscription(subscription: JsonObject, surroundings: SubscriptionSurroundings): Look {
  const status = new StatusDraft(subscription, DEPENDENTS);
  const { conditions } = status;
  oidcIdentityCreated(status);
  const elsewhere = whyNotLinked('Channel', objectAt(subscription, 'spec', 'channel'), subscription);
  if (elsewhere !== undefined) {
    conditions.markFalse(RESOLVED, NOT_LINKED, elsewhere);
    // one of the same name in its own namespace is another: nothing more comes from there
    return { status, lane: laneOfBefore(subscription, '', surroundings) };
  }
  const found = channelOf(subscription, surroundings.find);
  if ('problem' in found) {
    const message = `Failed to get Spec.Channel or backing channel: ${found.problem}`;
    conditions.markUnknown(RESOLVED, 'ChannelReferenceFailed', message);
    return { status, lane: laneOfBefore(subscription, found.name, surroundings) };
  }
  const { channel } = found;
  // where something led last stays while it is away, also over a start: events and answers go there
  const physical = new Map(Object.entries(objectAt(subscription, 'status', 'physicalSubscription') ?? {}));
  const problem = resolveAll(subscription, channel, surroundings.resolve, physical);
  status.set('physicalSubscription', Object.fromEntries(physical));
  if (problem !== undefined) {
    conditions.markFalse(RESOLVED, problem.reason, problem.message);
    return { status, lane: laneOfBefore(subscription, nameOf(channel), surroundings) };
  }
  conditions.markTrue(RESOLVED);
  conditions.markTrue(ADDED);
  conditions.markTrue(CHANNEL_READY);
  const delivery = objectAt(subscription, 'spec', 'delivery') ?? objectAt(channel, 'spec', 'delivery') ?? {};
  return { status, lane: saysOf(subscription, nameOf(channel), leadsOf(Object.fromEntries(physical), delivery)) };
}

/** The Channel that has the events: behind a Channel of no kind of its own stands another. */
function channelOf(
  subscription: JsonObject,
  find: Find,
): { readonly channel: JsonObject } | { readonly name: string; readonly problem: string } {
  const namespace = namespaceOf(subscription);
  const reference = readReference(objectAt(subscription, 'spec', 'channel') ?? {}, namespace);
  const { name } = reference;
  const first = look(reference, find);
  if ('problem' in first) return { name, ...first };
  if (!isOf(reference, channels)) return first;

  const backing = objectAt(first.channel, 'status', 'channel');
  // knative/eventing's own words end with a stop
  if (!isReady(first.channel) || backing === undefined) return { name, problem: 'channel is not ready.' };
  const second = look(readReference({ ...backing, namespace }, namespace), find);
  return 'problem' in second ? { name, ...second } : second;
}

function look(reference: Reference, find: Find): { readonly channel: JsonObject } | { readonly problem: string } {
  const { apiVersion, kind } = reference;
  const { plural, object } = find(reference);
  if (plural === undefined || ![channels, inMemoryChannels, kafkaChannels].some((each) => isOf(reference, each))) {
    return { problem: `${apiVersion}, Kind=${kind} is no kind of Channel that this platform has` };
  }
  return object === undefined ? { problem: notFound(reference, plural) } : { channel: object };
}

function isOf(reference: Reference, { group, kind }: { readonly group: string; readonly kind: string }): boolean {
  return reference.kind === kind && groupOf(reference.apiVersion) === group;
}

interface Problem {
  readonly reason: string;
  readonly message: string;
}

/** Fills in where subscriber, replies and dead letters lead, up to the first that leads nowhere. */
function resolveAll(
  subscription: JsonObject,
  channel: JsonObject,
  resolve: Resolve,
  physical: Map<string, JsonValue | undefined>,
): Problem | undefined {
  const set = (field: string, value: JsonValue | undefined): void => {
    if (value === undefined) physical.delete(field);
    else physical.set(field, value);
  };
  for (const [field, reason] of [
    ['subscriber', 'SubscriberResolveFailed'],
    ['reply', 'ReplyResolveFailed'],
  ] as const) {
    const destination = valueAt(subscription, 'spec', field);
    const resolved = isEmpty(destination) ? undefined : resolve(destination);
    if (resolved?.ok === false) return { reason, message: `Failed to resolve spec.${field}: ${resolved.message}` };
    set(`${field}Uri`, resolved?.url);
    set(`${field}CACerts`, resolved?.caCerts);
    set(`${field}Audience`, resolved?.audience);
  }

  const fields = { set };
  setDelivery(fields, undefined);
  const reason = 'DeadLetterSinkResolveFailed';
  if (namesSink(subscription)) {
    const own = sinkOf(subscription);
    if (own === undefined) return undefined;
    const resolved = resolve(own);
    if (!resolved.ok) {
      return { reason, message: `Failed to resolve spec.delivery.deadLetterSink: ${resolved.message}` };
    }
    setDelivery(fields, resolved);
    return undefined;
  }
  if (sinkOf(channel) === undefined) return undefined;
  const ofChannel = deliveryOf(channel);
  if (ofChannel === undefined) {
    return { reason, message: `channel ${nameOf(channel)} didn't set status.deadLetterSinkURI` };
  }
  setDelivery(fields, ofChannel);
  return undefined;
}

function isEmpty(destination: JsonValue | undefined): boolean {
  return Object.keys(objectAt(destination) ?? {}).length === 0;
}

function laneOfBefore(
  subscription: JsonObject,
  channel: string,
  { known }: SubscriptionSurroundings,
): LaneSays | undefined {
  const physical = objectAt(subscription, 'status', 'physicalSubscription');
  const before = known(leadsOf(physical, {}));
  if (before === undefined) return undefined;
  const delivery = objectAt(subscription, 'spec', 'delivery') ?? before.delivery;
  return saysOf(subscription, channel, { ...before, delivery });
}

/** Without a subscriber, events themselves go where its replies would. */
function leadsOf(physical: JsonObject | undefined, delivery: JsonObject): Known {
  const subscriber = stringAt(physical, 'subscriberUri') ?? '';
  const reply = stringAt(physical, 'replyUri') ?? '';
  const deadLetter = stringAt(physical, 'deadLetterSinkUri') ?? '';
  return subscriber === ''
    ? { subscriber: reply, reply: '', deadLetter, delivery }
    : { subscriber, reply, deadLetter, delivery };
}

function saysOf(subscription: JsonObject, channel: string, leads: Known): LaneSays {
  return {
    kind: 'subscription',
    uid: uidOf(subscription),
    topic: `channel:${namespaceOf(subscription)}/${channel}`,
    subscriber: leads.subscriber,
    reply: leads.reply,
    deadLetter: leads.deadLetter,
    delivery: leads.delivery,
    filter: {},
    isOrdered: false,
    isStructured: false,
  };
}
