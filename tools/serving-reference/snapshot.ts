/** What there is in a namespace, without what differs from run to run. */

import { ROUTE_LABEL } from '../../controllers/serving/keys.ts';
import { configurations, podAutoscalers, revisions, routes, services } from '../../src/knative/resources.ts';
import type { Client } from '../../src/kubernetes/client/client.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { coreServices } from '../../src/kubernetes/client/resources.ts';
import { isArray, isObject, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';

/** The objects by kind and name: `Revision/cart-00001`. */
export type Snapshot = Readonly<Record<string, JsonObject>>;

/** Kubernetes' own Services are `Placeholder`s here, and only those of Routes count. */
const KINDS: readonly { readonly resource: Resource; readonly title: string; readonly selector?: string }[] = [
  { resource: services, title: 'Service' },
  { resource: configurations, title: 'Configuration' },
  { resource: revisions, title: 'Revision' },
  { resource: routes, title: 'Route' },
  { resource: podAutoscalers, title: 'PodAutoscaler' },
  { resource: coreServices, title: 'Placeholder', selector: ROUTE_LABEL },
];

/** Of metadata: what the server counts and who wrote what. */
const LEFT_OUT = new Set(['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink']);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Also those that are on their way out, which their `deletionTimestamp` says. */
export async function takeSnapshot(client: Client, namespace: string): Promise<Snapshot> {
  const found: { readonly title: string; readonly object: JsonObject }[] = [];
  for (const { resource, title, selector } of KINDS) {
    const selection = { namespace, ...(selector === undefined ? {} : { labelSelector: selector }) };
    const { items } = await client.list(resource, selection);
    for (const object of items) found.push({ title, object });
  }

  const names = new Map<string, string>([[namespace, 'NAMESPACE']]);
  for (const { title, object } of found) {
    const uid = stringAt(object, 'metadata', 'uid');
    if (uid !== undefined) names.set(uid, `UID of ${title}/${stringAt(object, 'metadata', 'name')}`);
  }
  const snapshot: Record<string, JsonObject> = {};
  for (const { title, object } of found) {
    const { apiVersion: _, kind: __, metadata, ...rest } = object;
    const kept = Object.fromEntries(
      Object.entries(objectAt({ metadata }, 'metadata') ?? {}).filter(([key]) => !LEFT_OUT.has(key)),
    );
    const plain = normalised({ metadata: kept, ...rest }, names);
    if (isObject(plain)) snapshot[`${title}/${stringAt(object, 'metadata', 'name')}`] = plain;
  }
  return snapshot;
}

function normalised(value: JsonValue, names: ReadonlyMap<string, string>): JsonValue {
  if (typeof value === 'string') return text(value, names);
  if (isArray(value)) return value.map((item) => normalised(item, names));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, item === undefined ? item : normalised(item, names)]));
}

function text(value: string, names: ReadonlyMap<string, string>): string {
  if (TIME.test(value)) return 'TIME';
  const known = names.get(value);
  if (known !== undefined) return known;
  for (const [from, to] of names) {
    if (to === 'NAMESPACE' && value.includes(from)) return value.replaceAll(from, to);
  }
  return value;
}
