/**
 * The values that Weir filled into an object, remembered in one annotation of the object itself: so that a later policy
 * can change what a policy set, and never what the author set.
 */
import {
  equals,
  isArray,
  isObject,
  type JsonArray,
  type JsonObject,
  type JsonValue,
  setOwn,
  stringAt,
} from '../../src/kubernetes/json.ts';
import { pointer, resolve, steps } from '../../src/kubernetes/pointer.ts';
import { fillablePlace, movedPath } from './places.ts';

/** Outside of the template: what it says must not make a Revision. */
export const DEFAULTS_ANNOTATION = 'weir.dev/defaults';
export const DEFAULTS_PATH = pointer('metadata', 'annotations', DEFAULTS_ANNOTATION);

/** Values by JSON pointer. */
export type Remembered = ReadonlyMap<string, JsonValue>;

export const NOTHING: Remembered = new Map();

/** An annotation of more than this is not Weir's: Kubernetes allows 256 KiB for all annotations together. */
const LONGEST = 64 * 1024;

/**
 * What the object's annotation remembers; nothing where it has none, or one that Weir did not write. A claim about a
 * place that Weir never fills in, or of a value that no policy gives, is left out: anybody can write an annotation.
 */
export function readRemembered(object: JsonObject | undefined): Remembered {
  const text = stringAt(object, 'metadata', 'annotations', DEFAULTS_ANNOTATION);
  if (text === undefined || text.length > LONGEST) return NOTHING;
  if (text !== last.text) last = { text, remembered: readText(text) };
  return last.remembered;
}

/** Of one review, the old object and the new one mostly say the same. */
let last = { text: '', remembered: NOTHING };

function readText(text: string): Remembered {
  const value = parsed(text);
  if (!isObject(value)) return NOTHING;

  const remembered = new Map<string, JsonValue>();
  for (const key of Object.keys(value)) {
    const item = value[key];
    const path = fillablePlace(key);
    if (item !== undefined && item !== null && path !== undefined && isShallow(item, DEEPEST))
      remembered.set(path, item);
  }
  return remembered;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // somebody else's text
  }
}

/** A dead letter sink is the deepest value that a policy gives: `{ref: {name: …}}`. */
const DEEPEST = 3;

function isShallow(value: JsonValue, levels: number): boolean {
  if (isArray(value)) return levels > 0 && value.every((item) => isShallow(item, levels - 1));
  if (!isObject(value)) return true;
  return levels > 0 && Object.values(value).every((item) => item === undefined || isShallow(item, levels - 1));
}

/** Undefined where there is nothing to remember, or too much: what is not remembered counts as the author's. */
export function printRemembered(remembered: Remembered): string | undefined {
  if (remembered.size === 0) return undefined;
  const text = JSON.stringify(Object.fromEntries([...remembered].sort(byPath)));
  return text.length > LONGEST ? undefined : text;
}

/** One order whatever came first, so that the same values are the same text. */
function byPath([left]: readonly [string, JsonValue], [right]: readonly [string, JsonValue]): number {
  return left < right ? -1 : 1;
}

/** What one state of an object remembers, with the places that it has in another one; what went away is left out. */
export function movedTo(object: JsonObject, remembered: Remembered, from: JsonObject): Remembered {
  if (remembered.size === 0) return remembered;
  const moved = new Map<string, JsonValue>();
  for (const [path, value] of remembered) {
    const place = movedPath(path, from, object);
    if (place !== undefined) moved.set(place, value);
  }
  return moved;
}

/** Those of the values that stand in the object as they are remembered. */
export function standingIn(object: JsonObject, remembered: Remembered): Remembered {
  const standing = new Map<string, JsonValue>();
  for (const [path, value] of remembered) if (equals(resolve(object, path), value)) standing.set(path, value);
  return standing;
}

/** The object without the remembered values that still stand in it. */
export function withoutRemembered(object: JsonObject, remembered: Remembered): JsonObject {
  return without(object, standingIn(object, remembered));
}

/** Places by their steps; an empty one is where something goes. */
type Tree = Map<string, Tree>;

/** The object without what stands at the places of the values. What lies on the way is copied once, and the rest is shared. */
export function without(object: JsonObject, values: Remembered): JsonObject {
  if (values.size === 0) return object;
  const tree = trees.get(values) ?? treeOf(values);
  trees.set(values, tree);
  return objectWithout(object, tree);
}

/** What is kept of alike objects is taken out of one after the other. */
const trees = new WeakMap<Remembered, Tree>();

function treeOf(values: Remembered): Tree {
  const root: Tree = new Map();
  for (const path of values.keys()) {
    let tree = root;
    for (const step of steps(path)) {
      const next: Tree = tree.get(step) ?? new Map();
      tree.set(step, next);
      tree = next;
    }
  }
  return root;
}

function objectWithout(object: JsonObject, tree: Tree): JsonObject {
  // Built up and not cut down: an object that a key was deleted from is slow for everybody who looks at it.
  const copy: { [key: string]: JsonValue | undefined } = {};
  for (const key of Object.keys(object)) {
    const value = object[key];
    const inner = tree.get(key);
    if (value === undefined || inner?.size === 0) continue;
    if (inner !== undefined && isObject(value)) setOwn(copy, key, objectWithout(value, inner));
    else if (inner !== undefined && isArray(value)) setOwn(copy, key, listWithout(value, inner));
    else setOwn(copy, key, value);
  }
  return copy;
}

/** The items of a list stay, each without what goes of it. */
function listWithout(list: JsonArray, tree: Tree): JsonArray {
  const copy = [...list];
  for (const [step, inner] of tree) {
    const value = copy[Number(step)];
    if (isObject(value)) copy[Number(step)] = objectWithout(value, inner);
  }
  return copy;
}
