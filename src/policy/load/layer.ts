/** Lays a child's spec over its parent's: the child wins field by field, a list replaces, and every value keeps its place. */
import { isArray, isObject, type JsonObject, type JsonValue } from '../../kubernetes/json.ts';
import { join } from '../../kubernetes/pointer.ts';
import type { PolicySource } from '../engine/policy.ts';
import type { PolicyDocument } from './document.ts';

/** A spec after `extends`, with the place of every value in it by its pointer: `/spec/autoscaling/minScale/default`. */
export interface Layered {
  readonly spec: JsonObject;
  readonly sources: ReadonlyMap<string, PolicySource>;
}

/** What a file says about itself, and not about whoever extends it. */
const OWN_FIELDS = ['extends', 'abstract', 'description'];

const ROOT = '/spec';

export function layer(parent: Layered | undefined, document: PolicyDocument, spec: JsonObject): Layered {
  const sources = new Map(parent?.sources);
  const inherited: Record<string, JsonValue | undefined> = { ...parent?.spec };
  for (const field of OWN_FIELDS) {
    delete inherited[field];
    dropUnder(sources, join(ROOT, field));
  }

  record(sources, document, ROOT, spec, inherited);
  return { spec: merge(inherited, spec), sources };
}

/** The child's fields over the parent's, mapping by mapping; anything but two mappings is the child's alone. */
export function merge(parent: JsonObject, child: JsonObject): JsonObject {
  const merged = new Map(Object.entries(parent));
  for (const [key, value] of Object.entries(child)) {
    const below = merged.get(key);
    merged.set(key, isObject(value) && isObject(below) ? merge(below, value) : value);
  }
  // unlike assignment, this makes a key of `__proto__` too
  return Object.fromEntries(merged);
}

/** Notes where the child's values stand. A mapping that both have replaces nothing; what replaces says what it replaced. */
function record(
  sources: Map<string, PolicySource>,
  document: PolicyDocument,
  path: string,
  value: JsonValue | undefined,
  below: JsonValue | undefined,
): void {
  const { file } = document;
  const { line, column } = document.locate(path, 'key');
  const here = { file, line, column };

  if (isObject(value) && isObject(below)) {
    sources.set(path, here);
    for (const [key, item] of Object.entries(value)) {
      record(sources, document, join(path, key), item, Object.hasOwn(below, key) ? below[key] : undefined);
    }
    return;
  }

  const replaced = sources.get(path);
  if (replaced !== undefined) dropUnder(sources, path);
  sources.set(path, replaced === undefined ? here : { ...here, overrides: replaced });
  if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) record(sources, document, join(path, key), item, undefined);
  }
  if (isArray(value)) {
    for (const [index, item] of value.entries()) record(sources, document, join(path, index), item, undefined);
  }
}

function dropUnder(sources: Map<string, PolicySource>, path: string): void {
  sources.delete(path);
  const inside = `${path}/`;
  for (const pointer of sources.keys()) {
    if (pointer.startsWith(inside)) sources.delete(pointer);
  }
}
