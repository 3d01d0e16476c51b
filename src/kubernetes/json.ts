/** JSON as it comes out of a manifest, and the safe ways to walk it: input may have any shape anywhere. */

export type JsonValue = string | number | boolean | null | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** One step on the way to a value: a key of an object or an index of an array. */
export type Step = string | number;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JavaScript's own test under the type of JSON: a function around it would be a call more at every step of every walk. */
export const isArray: (value: unknown) => value is JsonArray = Array.isArray;

/**
 * The value at the end of the steps, or undefined where the way ends early. Own properties only, so that a manifest's
 * `__proto__` or `constructor` key never leads out of the document.
 */
export function valueAt(root: JsonValue | undefined, ...steps: readonly Step[]): JsonValue | undefined {
  return walk(root, steps);
}

/**
 * As `valueAt`, with the steps in a list: to spread them again for each call costs as much as the walk. Every rule asks
 * here, hundreds of times an object: one loop, which calls nothing, runs at half the cost of one that is put together.
 */
function walk(root: JsonValue | undefined, steps: readonly Step[]): JsonValue | undefined {
  let value = root;
  for (let index = 0; index < steps.length; index++) {
    if (typeof value !== 'object' || value === null) return undefined;
    const step = steps[index] ?? '';
    if (isArray(value)) {
      value = typeof step === 'number' ? value[step] : undefined;
      continue;
    }
    // as `ownMember`
    const member: JsonValue | undefined = value[step];
    if (typeof member === 'function' || (step === '__proto__' && !Object.hasOwn(value, step))) return undefined;
    value = member;
  }
  return value;
}

/**
 * The object's own member. What objects inherit are functions, which no JSON value is, and `__proto__`: to look at that
 * costs a fraction of asking each time whose the member is.
 */
export function ownMember(object: JsonObject, key: Step): JsonValue | undefined {
  const member = object[key];
  if (typeof member === 'function') return undefined;
  return key === '__proto__' && !Object.hasOwn(object, key) ? undefined : member;
}

/** Sets an own member, also where the key is `__proto__`: assigning would set the prototype instead of a key. */
export function setOwn(object: { [key: string]: JsonValue | undefined }, key: string, value: JsonValue): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The object at the end of the steps, or undefined where there is none or something else stands there. */
export function objectAt(root: JsonValue | undefined, ...steps: readonly Step[]): JsonObject | undefined {
  const value = walk(root, steps);
  return isObject(value) ? value : undefined;
}

/** The array at the end of the steps; an empty one where there is none or something else stands there. */
export function arrayAt(root: JsonValue | undefined, ...steps: readonly Step[]): JsonArray {
  const value = walk(root, steps);
  return isArray(value) ? value : NOTHING;
}

/** The texts of the array at the end of the steps; anything else in it is passed over. */
export function textsAt(root: JsonValue | undefined, ...steps: readonly Step[]): string[] {
  return arrayAt(root, ...steps).filter((each) => typeof each === 'string');
}

export function stringAt(root: JsonValue | undefined, ...steps: readonly Step[]): string | undefined {
  const value = walk(root, steps);
  return typeof value === 'string' ? value : undefined;
}

export function numberAt(root: JsonValue | undefined, ...steps: readonly Step[]): number | undefined {
  const value = walk(root, steps);
  return typeof value === 'number' ? value : undefined;
}

export function booleanAt(root: JsonValue | undefined, ...steps: readonly Step[]): boolean | undefined {
  const value = walk(root, steps);
  return typeof value === 'boolean' ? value : undefined;
}

/** The value where it is an object: for a member that the code names, as `asObject(pod.spec)`, and for what was looked up. */
export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** The value where it is an array, else an empty one. */
export function asArray(value: JsonValue | undefined): JsonArray {
  return isArray(value) ? value : NOTHING;
}

const NOTHING: JsonArray = [];

export function asString(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function asNumber(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function asBoolean(value: JsonValue | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Deep equality of two JSON values; the order of an object's keys does not count. */
export function equals(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (isArray(left) && isArray(right)) {
    return left.length === right.length && left.every((item, index) => equals(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;

  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equals(left[key], right[key]));
}
