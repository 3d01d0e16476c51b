/** What is answered: objects as they are stored, in the version that was asked for; and what is stored of one. */
import type { JsonObject } from '../../../kubernetes/json.ts';
import { apiVersionOf } from '../patch/convert.ts';
import type { Resource } from '../resources/resource.ts';
import type { Stored } from '../store/store.ts';
import { inOrder } from './metadata/metadata.ts';

export { apiVersionOf };

/**
 * The text of a stored object in the version of the resource. Texts start with apiVersion and kind, so that another
 * version is another start, unless it has another shape.
 */
export function textOf(stored: Stored, resource: Resource): string {
  const { json } = stored;
  if (resource.conversion !== undefined) return JSON.stringify(objectIn(stored, resource));
  const start = startOf(resource);
  if (json.startsWith(start)) return json;
  return `${start}${afterKind(json)}`;
}

/** As an item of a list: items of a kind that is built in do not repeat what they are. */
export function itemTextOf(stored: Stored, resource: Resource): string {
  if (resource.isCustom) return textOf(stored, resource);
  const json = resource.conversion === undefined ? stored.json : textOf(stored, resource);
  return `{${afterKind(json)}`;
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
  if (resource.conversion !== undefined) return resource.conversion.fromStored(object);
  const apiVersion = apiVersionOf(resource);
  return object.apiVersion === apiVersion ? object : inOrder(object, apiVersion, resource.kind);
}

/** What is stored of an object in the version of the resource. */
export function storable(object: JsonObject, { conversion }: Resource): JsonObject {
  if (conversion === undefined) return object;
  return conversion.restored?.(object) ?? conversion.toStored(object);
}

function startOf(resource: Resource): string {
  return `{"apiVersion":${JSON.stringify(apiVersionOf(resource))},"kind":${JSON.stringify(resource.kind)},`;
}
