/**
 * A Channel that has events: InMemoryChannels and KafkaChannels are both lanes of this platform's own log
 * (knative/eventing pkg/reconciler/inmemorychannel/controller/inmemorychannel.go).
 */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { eventPoliciesReady, setAddress, setDeadLetterSink } from '../conditions.ts';
import type { Resolve } from '../destination.ts';
import { kafkaChannels } from '../resources.ts';

/** What every Channel's Ready follows from. */
const DEPENDENTS = ['Addressable', 'DeadLetterSinkResolved', 'EventPoliciesReady'];
/** Of what a cluster runs for it, and this platform has in itself. */
const OF_MEMORY = ['ServiceReady', 'EndpointsReady', 'ChannelServiceReady'];
const OF_KAFKA = ['TopicReady', 'ChannelServiceReady'];
const DISPATCHER_READY = 'DispatcherReady';

export interface Dependencies {
  readonly client: Client;
  readonly now: Date;
  /** Of the ingress. */
  readonly url: string;
  readonly resolve: Resolve;
}

export async function reconcilePhysical(
  channel: JsonObject,
  resource: Resource,
  { client, now, url, resolve }: Dependencies,
): Promise<void> {
  const isKafka = resource === kafkaChannels;
  const own = isKafka ? OF_KAFKA : OF_MEMORY;
  const status = new StatusDraft(channel, [...own, ...DEPENDENTS]);
  if (!isKafka) status.conditions.markTrue(DISPATCHER_READY);
  for (const type of own) status.conditions.markTrue(type);
  if (setDeadLetterSink(status, channel, resolve, "Unable to get the DeadLetterSink's URI")) {
    const { namespace, name } = referenceTo(channel);
    setAddress(status, `${url}/channels/${namespace}/${name}`);
    eventPoliciesReady(status);
  }
  await writeStatus(client, resource, channel, status.toJson(now));
}
