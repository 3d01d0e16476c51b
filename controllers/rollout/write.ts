/** The writes of a decision but for its claims, each refused where its object has changed since it was looked at. */
import { revisions, services } from '../../src/knative/resources.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import { equals, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { referenceTo, uidOf } from '../../src/kubernetes/object.ts';
import type { TrafficWrite } from '../../src/rollout/decide.ts';
import { FIELD_MANAGER } from '../../src/rollout/owner.ts';
import { trafficRollouts } from '../../src/rollout/resource.ts';
import { trafficJson } from '../../src/rollout/traffic.ts';
import { NO_GC_ANNOTATION } from '../serving/keys.ts';
import { isKeptByUs } from './keep.ts';
import type { Sure } from './sure.ts';

/** As a whole, where it differs. @returns whether it was written: then what was looked at was what is there */
export async function writeStatus(rollout: JsonObject, status: JsonObject, client: Client): Promise<boolean> {
  if (equals(rollout.status, status)) return false;
  const { namespace, name } = referenceTo(rollout);
  const body = [
    { op: 'replace', path: '/metadata/resourceVersion', value: versionOf(rollout) },
    { op: 'add', path: '/status', value: status },
  ];
  await client.patch(trafficRollouts, { namespace, name, subresource: 'status' }, { type: 'json', body });
  return true;
}

/**
 * Knative collects none of these; of others it may what it would have.
 *
 * @param part what is kept from now on, or what is not any more
 */
export async function keepFromCollection(
  objects: readonly JsonObject[],
  kept: readonly string[],
  part: 'hold' | 'release',
  { client, sure, cached }: { readonly client: Client; readonly sure: Sure; readonly cached: Cached },
): Promise<void> {
  for (const object of objects) {
    const { namespace, name } = referenceTo(object);
    const isWanted = kept.includes(name);
    // its claim may have been written since
    const revision = cached.find(namespace, name);
    if (revision === undefined || uidOf(revision) !== uidOf(object)) continue;
    if (isWanted === isKeptByUs(revision) || isWanted !== (part === 'hold')) continue;
    await sure();
    const annotations = isWanted ? { [NO_GC_ANNOTATION]: 'true' } : {};
    try {
      await apply(client, revision, { metadata: { annotations } }, true);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** What the controller has written by now is in there. */
export interface Cached {
  find(namespace: string, name: string): JsonObject | undefined;
}

/** The whole list, which is atomic. */
export async function writeTraffic(
  service: JsonObject,
  { targets, force }: TrafficWrite,
  client: Client,
): Promise<void> {
  await apply(client, service, { spec: { traffic: trafficJson(targets) } }, force);
}

/** Server-side apply of our fields to this very object: by its uid, none is made in its place. */
async function apply(client: Client, object: JsonObject, ours: JsonObject, force: boolean): Promise<void> {
  const { namespace, name } = referenceTo(object);
  const resource = ours.spec === undefined ? revisions : services;
  const { metadata, ...rest } = ours;
  const body = {
    apiVersion: `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: {
      name,
      namespace,
      uid: uidOf(object),
      resourceVersion: versionOf(object),
      ...(typeof metadata === 'object' ? metadata : {}),
    },
    ...rest,
  };
  await client.patch(resource, { namespace, name }, { type: 'apply', body }, { fieldManager: FIELD_MANAGER, force });
}

function versionOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'resourceVersion') ?? '';
}
