/** One Sequence: a Channel before each step, and a Subscription from each to the next (knative/eventing pkg/reconciler/sequence). */
import { arrayAt, type JsonObject, objectAt, stringAt, valueAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { namespaceOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { eventPoliciesReady, setAddresses } from '../conditions.ts';
import { sequences } from '../resources.ts';
import { ADDRESSABLE, CHANNELS_READY, DEPENDENTS, SUBSCRIPTIONS_READY } from './conditions.ts';
import {
  channelRef,
  destinationIn,
  ensureChannel,
  ensureSubscription,
  FlowProblem,
  makeSubscription,
  objectReference,
  readyConditionOf,
  removeOthers,
  type Surroundings,
  without,
} from './parts.ts';

export async function reconcileSequence(sequence: JsonObject, surroundings: Surroundings): Promise<void> {
  const status = new StatusDraft(sequence, DEPENDENTS);
  try {
    await bringAbout(status, sequence, surroundings);
  } catch (error) {
    if (!(error instanceof FlowProblem)) throw error;
    status.conditions.markUnknown(CHANNELS_READY, 'ChannelsNotReady', error.message);
  }
  await writeStatus(surroundings.client, sequences, sequence, status.toJson(surroundings.now));
}

async function bringAbout(status: StatusDraft, sequence: JsonObject, surroundings: Surroundings): Promise<void> {
  const steps = [...arrayAt(sequence, 'spec', 'steps').keys()];
  const channels: JsonObject[] = [];
  for (const step of steps) {
    channels.push(await ensureChannel(sequence, sequences, nameOfStep(sequence, step), surroundings));
  }
  propagateChannels(status, channels);
  const subscriptions: JsonObject[] = [];
  for (const step of steps) subscriptions.push(await ensureSubscription(subscriptionOf(sequence, step), surroundings));
  propagateSubscriptions(status, subscriptions);
  await removeOthers(sequence, [...channels, ...subscriptions], surroundings);
  eventPoliciesReady(status);
}

function nameOfStep(sequence: JsonObject, step: number): string {
  return `${nameOf(sequence)}-kn-sequence-${step}`;
}

/** Its answers go to the next step's Channel, those of the last one where the Sequence says. */
export function subscriptionOf(sequence: JsonObject, step: number): JsonObject {
  const name = nameOfStep(sequence, step);
  const isLast = step === arrayAt(sequence, 'spec', 'steps').length - 1;
  const next = { ...channelRef(sequence, nameOfStep(sequence, step + 1)), namespace: namespaceOf(sequence) };
  const reply = objectAt(sequence, 'spec', 'reply');
  return makeSubscription(
    sequence,
    sequences,
    name,
    without({
      channel: channelRef(sequence, name),
      subscriber: destinationIn(valueAt(sequence, 'spec', 'steps', step)),
      delivery: valueAt(sequence, 'spec', 'steps', step, 'delivery'),
      reply: isLast ? reply && destinationIn(reply) : { ref: next },
    }),
  );
}

function propagateChannels(status: StatusDraft, channels: readonly JsonObject[]): void {
  const { conditions } = status;
  const statuses = channels.map((channel) => ({
    channel: objectReference(channel),
    ready: readyConditionOf(channel) ?? unknown('Channel'),
  }));
  status.set('channelStatuses', statuses);
  const address = objectAt(channels[0], 'status', 'address');
  const url = stringAt(address, 'url');
  const { CACerts, audience } = address ?? {};
  setAddresses(status, url === undefined ? undefined : without({ url, CACerts, audience }));
  if (url === undefined) status.set('address', {});
  if (url === undefined) conditions.markUnknown(ADDRESSABLE, 'emptyAddress', 'addressable is nil');
  else conditions.markTrue(ADDRESSABLE);
  if (areTrue(statuses)) conditions.markTrue(CHANNELS_READY);
  else conditions.markUnknown(CHANNELS_READY, 'ChannelsNotReady', 'Channels are not ready yet, or there are none');
}

function propagateSubscriptions(status: StatusDraft, subscriptions: readonly JsonObject[]): void {
  const statuses = subscriptions.map((subscription) => ({
    subscription: objectReference(subscription),
    ready: readyConditionOf(subscription) ?? unknown('Subscription'),
  }));
  status.set('subscriptionStatuses', statuses);
  if (areTrue(statuses)) status.conditions.markTrue(SUBSCRIPTIONS_READY);
  else {
    const message = 'Subscriptions are not ready yet, or there are none';
    status.conditions.markUnknown(SUBSCRIPTIONS_READY, 'SubscriptionsNotReady', message);
  }
}

function unknown(kind: string): JsonObject {
  return { type: 'Ready', status: 'Unknown', reason: 'NoReady', message: `${kind} does not have Ready condition` };
}

function areTrue(statuses: readonly { readonly ready: JsonObject }[]): boolean {
  return statuses.length > 0 && statuses.every(({ ready }) => ready.status === 'True');
}
