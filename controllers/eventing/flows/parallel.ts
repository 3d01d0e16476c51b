/**
 * One Parallel: a Channel before all branches and one behind each filter, with a Subscription to the filter and one to
 * the branch's subscriber (knative/eventing pkg/reconciler/parallel).
 */
import { arrayAt, type JsonObject, objectAt, valueAt } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { namespaceOf } from '../../serving/read.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { eventPoliciesReady, setAddresses } from '../conditions.ts';
import { parallels } from '../resources.ts';
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

interface Branch {
  readonly channel: JsonObject;
  readonly filter: JsonObject;
  readonly subscription: JsonObject;
}

export async function reconcileParallel(parallel: JsonObject, surroundings: Surroundings): Promise<void> {
  const status = new StatusDraft(parallel, DEPENDENTS);
  try {
    await bringAbout(status, parallel, surroundings);
  } catch (error) {
    if (!(error instanceof FlowProblem)) throw error;
    status.conditions.markFalse(CHANNELS_READY, 'ChannelsNotReady', error.message);
  }
  await writeStatus(surroundings.client, parallels, parallel, status.toJson(surroundings.now));
}

async function bringAbout(status: StatusDraft, parallel: JsonObject, surroundings: Surroundings): Promise<void> {
  const ingress = await ensureChannel(parallel, parallels, nameOfAll(parallel), surroundings);
  const numbers = [...arrayAt(parallel, 'spec', 'branches').keys()];
  const channels: JsonObject[] = [];
  for (const number of numbers) {
    channels.push(await ensureChannel(parallel, parallels, nameOfBranch(parallel, number), surroundings));
  }
  const branches: Branch[] = [];
  for (const [number, channel] of channels.entries()) {
    const filter = await ensureSubscription(filterOf(parallel, number), surroundings);
    const subscription = await ensureSubscription(subscriptionOf(parallel, number), surroundings);
    branches.push({ channel, filter, subscription });
  }
  propagate(status, ingress, branches);
  const wanted = branches.flatMap(({ channel, filter, subscription }) => [channel, filter, subscription]);
  await removeOthers(parallel, [ingress, ...wanted], surroundings);
  eventPoliciesReady(status);
}

function nameOfAll(parallel: JsonObject): string {
  return `${nameOf(parallel)}-kn-parallel`;
}

function nameOfBranch(parallel: JsonObject, number: number): string {
  return `${nameOf(parallel)}-kn-parallel-${number}`;
}

/** What the filter answers goes into the branch; without a filter, each event does. */
export function filterOf(parallel: JsonObject, number: number): JsonObject {
  const name = `${nameOf(parallel)}-kn-parallel-filter-${number}`;
  const branch = {
    ref: { ...channelRef(parallel, nameOfBranch(parallel, number)), namespace: namespaceOf(parallel) },
  };
  const filter = objectAt(parallel, 'spec', 'branches', number, 'filter');
  const leads = filter === undefined ? { subscriber: branch } : { subscriber: destinationIn(filter), reply: branch };
  return makeSubscription(parallel, parallels, name, { channel: channelRef(parallel, nameOfAll(parallel)), ...leads });
}

export function subscriptionOf(parallel: JsonObject, number: number): JsonObject {
  const name = nameOfBranch(parallel, number);
  const way = ['spec', 'branches', number] as const;
  const reply = objectAt(parallel, ...way, 'reply') ?? objectAt(parallel, 'spec', 'reply');
  return makeSubscription(
    parallel,
    parallels,
    name,
    without({
      channel: channelRef(parallel, name),
      subscriber: destinationIn(valueAt(parallel, ...way, 'subscriber')),
      delivery: valueAt(parallel, ...way, 'delivery'),
      reply: reply && destinationIn(reply),
    }),
  );
}

function propagate(status: StatusDraft, ingress: JsonObject, branches: readonly Branch[]): void {
  const { conditions } = status;
  const address = objectAt(ingress, 'status', 'address');
  setAddresses(status, address);
  if (address === undefined) conditions.markFalse(ADDRESSABLE, 'emptyAddress', 'addressable is nil');
  else conditions.markTrue(ADDRESSABLE);

  status.set('ingressChannelStatus', channelStatus(ingress));
  status.set(
    'branchStatuses',
    branches.map(({ channel, filter, subscription }) => ({
      filterSubscriptionStatus: subscriptionStatus(filter),
      filterChannelStatus: channelStatus(channel),
      subscriberSubscriptionStatus: subscriptionStatus(subscription),
    })),
  );
  const areChannelsThere = [ingress, ...branches.map(({ channel }) => channel)].every(isAddressable);
  if (areChannelsThere) conditions.markTrue(CHANNELS_READY);
  else conditions.markFalse(CHANNELS_READY, 'ChannelsNotReady', 'Channels are not ready yet, or there are none');

  const subscriptions = branches.flatMap(({ filter, subscription }) => [filter, subscription]);
  if (subscriptions.length > 0 && subscriptions.every((each) => readyConditionOf(each)?.status === 'True')) {
    conditions.markTrue(SUBSCRIPTIONS_READY);
    return;
  }
  const message = 'Subscriptions are not ready yet, or there are none';
  conditions.markFalse(SUBSCRIPTIONS_READY, 'SubscriptionsNotReady', message);
}

function isAddressable(channel: JsonObject): boolean {
  return objectAt(channel, 'status', 'address') !== undefined;
}

function channelStatus(channel: JsonObject): JsonObject {
  const ready = isAddressable(channel)
    ? { type: 'Ready', status: 'True' }
    : { type: 'Ready', status: 'False', reason: 'NotAddressable', message: 'Channel is not addressable' };
  return { channel: objectReference(channel), ready };
}

function subscriptionStatus(subscription: JsonObject): JsonObject {
  const ready = readyConditionOf(subscription) ?? { type: 'Ready', status: 'Unknown' };
  return { subscription: objectReference(subscription), ready };
}
