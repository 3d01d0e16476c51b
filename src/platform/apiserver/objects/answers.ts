/** What is answered: objects as they are stored, in the version that was asked for. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import type { Resource } from '../resources/resource.ts';
import type { Stored } from '../store/store.ts';
import { apiVersionOf } from './decode.ts';
import { inOrder } from './metadata/metadata.ts';

/**
 * The text of a stored object in the version of the resource. Texts start with apiVersion and kind, so that another
 * version is another start.
 */
export function textOf({ json }: Stored, resource: Resource): string {
  const start = startOf(resource);
  if (json.startsWith(start)) return json;
  return `${start}${afterKind(json)}`;
}

/** As an item of a list: items of a kind that is built in do not repeat what they are. */
export function itemTextOf(stored: Stored, resource: Resource): string {
  if (resource.isCustom) return textOf(stored, resource);
  return `{${afterKind(stored.json)}`;
}

/** From the metadata on; whoever wrote the object in another order is read for it. */
function afterKind(json: string): string {
  if (IN_ORDER.test(json)) return json.slice(json.indexOf('"metadata":'));
  const { apiVersion: _, kind: __, metadata, ...rest } = JSON.parse(json);
  return JSON.stringify({ metadata, ...rest }).slice(1);
}

const IN_ORDER = /^\{"apiVersion":"[^"]*","kind":"[^"]*","metadata":/;

/** The object in the version of the resource. */
export function objectIn(stored: Stored, resource: Resource): JsonObject {
  const object = stored.object();
  const apiVersion = apiVersionOf(resource);
  return object.apiVersion === apiVersion ? object : inOrder(object, apiVersion, resource.kind);
}

function startOf(resource: Resource): string {
  return `{"apiVersion":${JSON.stringify(apiVersionOf(resource))},"kind":${JSON.stringify(resource.kind)},`;
}
