/** What Sequences and Parallels are made of: Channels by a template, and Subscriptions between them. */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { apiVersionOf, type Resource } from '../../../src/kubernetes/client/resource.ts';
import {
  arrayAt,
  equals,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../../src/kubernetes/json.ts';
import { groupOf } from '../../../src/kubernetes/kinds.ts';
import { isBeingDeleted, nameOf, referenceTo, uidOf } from '../../../src/kubernetes/object.ts';
import { isControlledBy, namespaceOf } from '../../serving/read.ts';
import { controllerReference } from '../../serving/resources/owner.ts';
import { inMemoryChannels, kafkaChannels, subscriptions } from '../resources.ts';

/** Kinds of Channels that a template may name. */
export const TEMPLATES: readonly Resource[] = [inMemoryChannels, kafkaChannels];

export interface Surroundings {
  readonly client: Client;
  readonly now: Date;
  /** Those of the flow's namespace. */
  channels(resource: Resource): readonly JsonObject[];
  readonly subscriptions: readonly JsonObject[];
}

/** What stands in the way of a flow, as a sentence. */
export class FlowProblem extends Error {}

/** @throws FlowProblem where this platform has no such Channels */
export function templateOf(flow: JsonObject): Resource {
  const template = objectAt(flow, 'spec', 'channelTemplate');
  // what a cluster's webhook fills in
  const apiVersion = stringAt(template, 'apiVersion') ?? apiVersionOf(inMemoryChannels);
  const kind = stringAt(template, 'kind') ?? inMemoryChannels.kind;
  const found = TEMPLATES.find((each) => each.kind === kind && each.group === groupOf(apiVersion));
  if (found !== undefined) return found;
  const kinds = TEMPLATES.map((each) => each.kind).join(' and ');
  throw new FlowProblem(
    `spec.channelTemplate: ${apiVersion}, Kind=${kind} is no kind of Channel that this platform has; ${kinds} are`,
  );
}

/** One that is there stays as it is, whoever owns it, as with Knative. */
export async function ensureChannel(
  flow: JsonObject,
  owner: Resource,
  name: string,
  { client, channels }: Pick<Surroundings, 'client' | 'channels'>,
): Promise<JsonObject> {
  const resource = templateOf(flow);
  const there = channels(resource).find((each) => nameOf(each) === name);
  if (there !== undefined) return there;
  return client.create(resource, {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { namespace: namespaceOf(flow), name, ownerReferences: [controllerReference(flow, owner)] },
    spec: objectAt(flow, 'spec', 'channelTemplate', 'spec') ?? {},
  });
}

export function makeSubscription(flow: JsonObject, owner: Resource, name: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: apiVersionOf(subscriptions),
    kind: subscriptions.kind,
    metadata: { namespace: namespaceOf(flow), name, ownerReferences: [controllerReference(flow, owner)] },
    spec,
  };
}

/** Made, or brought back to what it should be; its Channel cannot be changed, so that another takes its place then. */
export async function ensureSubscription(
  wanted: JsonObject,
  { client, subscriptions: all }: Pick<Surroundings, 'client' | 'subscriptions'>,
): Promise<JsonObject> {
  const there = all.find((each) => nameOf(each) === nameOf(wanted));
  if (there === undefined) return client.create(subscriptions, wanted);
  if (equals(there.spec, wanted.spec)) return there;
  if (equals(objectAt(there, 'spec', 'channel'), objectAt(wanted, 'spec', 'channel'))) {
    return client.update(subscriptions, { ...there, spec: wanted.spec });
  }
  await client.delete(subscriptions, placeOf(there), { preconditions: { uid: uidOf(there) } });
  return client.create(subscriptions, wanted);
}

/** What the flow made for steps or branches that it has no more. */
export async function removeOthers(
  flow: JsonObject,
  wanted: readonly JsonObject[],
  { client, channels, subscriptions: all }: Surroundings,
): Promise<void> {
  const kept = new Set(wanted.map(uidOf));
  const isLeft = (object: JsonObject): boolean =>
    isControlledBy(object, flow) && !isBeingDeleted(object) && !kept.has(uidOf(object));
  // who brings on what a Channel still has goes after it
  for (const resource of TEMPLATES) {
    for (const channel of channels(resource)) if (isLeft(channel)) await remove(client, resource, channel);
  }
  for (const subscription of all) if (isLeft(subscription)) await remove(client, subscriptions, subscription);
}

async function remove(client: Client, resource: Resource, object: JsonObject): Promise<void> {
  await client.delete(resource, placeOf(object), { preconditions: { uid: uidOf(object) } });
}

function placeOf(object: JsonObject): { readonly namespace: string; readonly name: string } {
  const { namespace, name } = referenceTo(object);
  return { namespace, name };
}

/** A Destination as it stands in a step, without what else is there. */
export function destinationIn(value: JsonValue | undefined): JsonObject {
  const { ref, uri, CACerts, audience } = objectAt(value) ?? {};
  return without({ ref, uri, CACerts, audience });
}

/** A reference to a Channel of the flow's template. */
export function channelRef(flow: JsonObject, name: string): JsonObject {
  const resource = templateOf(flow);
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, name };
}

/** Without the fields that are missing or null. */
export function without(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** As a status names another object. */
export function objectReference(object: JsonObject): JsonObject {
  const { apiVersion, kind, name, namespace } = referenceTo(object);
  return { apiVersion, kind, name, namespace };
}

/** Its condition Ready, whole. */
export function readyConditionOf(object: JsonObject): JsonObject | undefined {
  return arrayAt(object, 'status', 'conditions')
    .filter(isObject)
    .find((condition) => condition.type === 'Ready');
}
