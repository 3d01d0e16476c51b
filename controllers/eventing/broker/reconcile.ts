/** One Broker: where it takes events, and its conditions as those of a cluster (knative/eventing pkg/reconciler/broker/broker.go). */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { type JsonObject, objectAt, stringAt } from '../../../src/kubernetes/json.ts';
import { referenceTo } from '../../../src/kubernetes/object.ts';
import { writeStatus } from '../../serving/write.ts';
import { StatusDraft } from '../../status/draft.ts';
import { eventPoliciesReady, setAddress, setDeadLetterSink } from '../conditions.ts';
import type { Resolve } from '../destination.ts';
import { brokers } from '../resources.ts';

const INGRESS_READY = 'IngressReady';
const CHANNEL_READY = 'TriggerChannelReady';
const FILTER_READY = 'FilterReady';
const DEPENDENTS = [
  INGRESS_READY,
  CHANNEL_READY,
  FILTER_READY,
  'Addressable',
  'DeadLetterSinkResolved',
  'EventPoliciesReady',
];

export interface Dependencies {
  readonly client: Client;
  readonly now: Date;
  /** Of the ingress. */
  readonly url: string;
  readonly resolve: Resolve;
}

export async function reconcileBroker(broker: JsonObject, { client, now, url, resolve }: Dependencies): Promise<void> {
  const status = new StatusDraft(broker, DEPENDENTS);
  const { conditions } = status;
  const config = objectAt(broker, 'spec', 'config');
  if (config === undefined) conditions.markTrue(CHANNEL_READY);
  else conditions.markTrue(CHANNEL_READY, 'ConfigIgnored', ignored(config));
  conditions.markTrue(FILTER_READY);
  conditions.markTrue(INGRESS_READY);
  const isResolved = setDeadLetterSink(status, broker, resolve, "Unable to get the dead letter sink's URI");
  if (isResolved) {
    const { namespace, name } = referenceTo(broker);
    setAddress(status, `${url}/${namespace}/${name}`);
    eventPoliciesReady(status);
  }
  await writeStatus(client, brokers, broker, status.toJson(now));
}

/** A Broker of any class works as this platform's. */
function ignored(config: JsonObject): string {
  const kind = stringAt(config, 'kind') ?? 'object';
  const name = stringAt(config, 'name') ?? '';
  return `spec.config names the ${kind} ${name}, which is not looked at: this platform keeps events in its own log`;
}
