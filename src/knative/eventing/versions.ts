/** Which API versions Knative Eventing serves: the CRDs of knative/eventing and eventing-kafka-broker, 1.19 to 1.23. */
import { type JsonValue, stringAt } from '../../kubernetes/json.ts';
import {
  apiServerSource,
  broker,
  channel,
  containerSource,
  inMemoryChannel,
  kafkaChannel,
  kafkaSource,
  keyOf,
  parallel,
  pingSource,
  sequence,
  sinkBinding,
  subscription,
  trigger,
} from '../../kubernetes/kinds.ts';

const V1: readonly string[] = ['v1'];

/** By `group/Kind`; the newest first. */
const SERVED: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  [broker.key, V1],
  [trigger.key, V1],
  [channel.key, V1],
  [inMemoryChannel.key, V1],
  [subscription.key, V1],
  [sequence.key, V1],
  [parallel.key, V1],
  [apiServerSource.key, V1],
  [containerSource.key, V1],
  [sinkBinding.key, V1],
  [pingSource.key, ['v1', 'v1beta2']],
  [kafkaSource.key, ['v1', 'v1beta1']],
  [kafkaChannel.key, ['v1', 'v1beta1']],
]);

/** The versions of an Eventing object or of a reference to one; undefined for kinds that are not Eventing's. */
export function servedVersions(value: JsonValue | undefined): readonly string[] | undefined {
  return SERVED.get(keyOf(value));
}

/** True where the object's or reference's kind is Eventing's and its version is not served any more. */
export function isRemovedVersion(value: JsonValue | undefined): boolean {
  const served = servedVersions(value);
  return served !== undefined && !served.includes(versionOf(value));
}

/** `v1` of `eventing.knative.dev/v1`. */
export function versionOf(value: JsonValue | undefined): string {
  const apiVersion = stringAt(value, 'apiVersion') ?? '';
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}
