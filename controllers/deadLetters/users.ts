/** Who still sends dead letters to an environment's sink: what was filled in once stays until it is written anew. */
import { referencesOf } from '../../src/knative/eventing/references.ts';
import {
  brokers,
  channels,
  inMemoryChannels,
  kafkaChannels,
  kafkaSources,
  parallels,
  sequences,
  subscriptions,
  triggers,
} from '../../src/knative/eventing/resources.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import { listAll } from '../../src/kubernetes/client/list.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { isArray, isObject, type JsonObject, type JsonValue } from '../../src/kubernetes/json.ts';
import { describe, referenceTo } from '../../src/kubernetes/object.ts';
import { SINK_NAMESPACE, sinkName } from '../../src/policy/model/deadLetters.ts';

/** Each kind that has a delivery. */
export const SENDERS: readonly Resource[] = [
  brokers,
  triggers,
  subscriptions,
  channels,
  inMemoryChannels,
  kafkaChannels,
  sequences,
  parallels,
  kafkaSources,
];

/** `Broker shop/default` of each, as the server has them now. A kind that it does not have sends nothing. */
export async function usersOf(environment: string, client: Client, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  for (const resource of SENDERS) {
    const objects = await allOf(resource, client, signal);
    for (const object of objects) if (leadsTo(environment, object)) found.push(describe(referenceTo(object)));
  }
  return found.sort();
}

/** By a reference to the sink's Service, or by a URI with one of its names. */
export function leadsTo(environment: string, object: JsonObject): boolean {
  const isReferredTo = referencesOf(object).some(
    ({ reference }) =>
      reference.apiVersion === 'v1' &&
      reference.kind === 'Service' &&
      reference.namespace === SINK_NAMESPACE &&
      reference.name === sinkName(environment),
  );
  return isReferredTo || hasUri(object.spec, (uri) => isOfSink(environment, uri));
}

/** Whether a `uri`, which only destinations have, is such a one, however deep it is. */
function hasUri(value: JsonValue | undefined, isWanted: (uri: string) => boolean): boolean {
  if (isArray(value)) return value.some((each) => hasUri(each, isWanted));
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([key, each]) => (key === 'uri' && typeof each === 'string' && isWanted(each)) || hasUri(each, isWanted),
  );
}

/** The cluster's domain, which may be another than cluster.local, comes behind `svc`, or is left out with it. */
function isOfSink(environment: string, uri: string): boolean {
  const { hostname } = URL.parse(uri) ?? { hostname: '' };
  const [name, namespace, third = 'svc'] = hostname.toLowerCase().replace(/\.$/, '').split('.');
  return name === sinkName(environment) && namespace === SINK_NAMESPACE && third === 'svc';
}

async function allOf(resource: Resource, client: Client, signal: AbortSignal): Promise<readonly JsonObject[]> {
  try {
    return (await listAll(client, resource, { signal })).objects;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
