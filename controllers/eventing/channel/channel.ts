/** A Channel of no kind of its own: the one behind it, made by its template (knative/eventing pkg/reconciler/channel/channel.go). */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { apiVersionOf, type Resource } from '../../../src/kubernetes/client/resource.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { nameOf, referenceTo } from '../../../src/kubernetes/object.ts';
import { controllerReference } from '../../serving/resources/owner.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import {
  conditionOf,
  deadLetterSinkFailed,
  deadLetterSinkMissing,
  deadLetterSinkResolved,
  deliveryOf,
  eventPoliciesReady,
  setAddresses,
  sinkOf,
} from '../conditions.ts';
import { channels, inMemoryChannels, kafkaChannels } from '../resources.ts';

const BACKING_READY = 'BackingChannelReady';
const ADDRESSABLE = 'Addressable';
const DEPENDENTS = [BACKING_READY, ADDRESSABLE, 'DeadLetterSinkResolved', 'EventPoliciesReady'];
const KINDS: readonly Resource[] = [inMemoryChannels, kafkaChannels];

export interface Surroundings {
  readonly client: Client;
  readonly now: Date;
  /** What has the Channel's name. */
  backing(resource: Resource): JsonObject | undefined;
}

export async function reconcileChannel(channel: JsonObject, { client, now, backing }: Surroundings): Promise<void> {
  const status = new StatusDraft(channel, DEPENDENTS);
  const { kind, apiVersion, resource } = templateOf(channel);
  if (resource === undefined) {
    const message = `${apiVersion}, Kind=${kind} is no kind of Channel that this platform has; InMemoryChannel and KafkaChannel are`;
    status.conditions.markFalse(BACKING_READY, 'ChannelFailure', message);
  } else {
    const there = backing(resource) ?? (await client.create(resource, makeBacking(channel, resource)));
    propagate(status, channel, there, resource);
  }
  await writeStatus(client, channels, channel, status.toJson(now));
}

/** Where it says nothing, a cluster's webhook takes InMemoryChannel from default-ch-webhook. */
function templateOf(channel: JsonObject): {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: Resource | undefined;
} {
  const template = objectAt(channel, 'spec', 'channelTemplate');
  const apiVersion = stringAt(template, 'apiVersion') ?? apiVersionOf(inMemoryChannels);
  const kind = stringAt(template, 'kind') ?? inMemoryChannels.kind;
  const resource = KINDS.find((each) => each.kind === kind && each.group === groupOf(apiVersion));
  return { apiVersion, kind, resource };
}

export function makeBacking(channel: JsonObject, resource: Resource): JsonObject {
  const { namespace, name } = referenceTo(channel);
  const delivery = objectAt(channel, 'spec', 'delivery');
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { namespace, name, ownerReferences: [controllerReference(channel, channels)] },
    spec: {
      ...(delivery === undefined ? {} : { delivery }),
      ...objectAt(channel, 'spec', 'channelTemplate', 'spec'),
    },
  };
}

function propagate(status: StatusDraft, channel: JsonObject, backing: JsonObject, resource: Resource): void {
  const { conditions } = status;
  const { namespace, name } = referenceTo(channel);
  status.set('channel', { apiVersion: apiVersionOf(resource), kind: resource.kind, namespace, name });
  const ready = conditionOf(backing, 'Ready');
  if (ready === undefined) {
    const message = 'BackingChannel has not yet been reconciled.';
    conditions.markUnknown(BACKING_READY, 'BackingChannelNotConfigured', message);
  } else conditions.mark({ ...ready, type: BACKING_READY });

  const address = objectAt(backing, 'status', 'address');
  setAddresses(status, address);
  if (address === undefined) conditions.markFalse(ADDRESSABLE, 'EmptyHostname', 'hostname is the empty string');
  else conditions.markTrue(ADDRESSABLE);

  if (sinkOf(channel) === undefined) deadLetterSinkMissing(status, channel);
  else {
    const delivery = deliveryOf(backing);
    const reason = `Backing Channel ${nameOf(backing)} didn't set status.deadLetterSinkURI`;
    if (delivery === undefined) deadLetterSinkFailed(status, reason, '');
    else deadLetterSinkResolved(status, delivery);
  }
  eventPoliciesReady(status);
}
