/**
 * What was filled into one object, in a form that can be put into each that is alike: to work it out again takes ten
 * times as long as to copy the objects on the way to it.
 */
import { isArray, isObject, type JsonArray, type JsonObject, type JsonValue, setOwn } from '../../kubernetes/json.ts';

/** The members that an object or a list got, and what was added further inside of those that it had. */
export interface Additions {
  readonly members: readonly (readonly [key: string, value: JsonValue])[];
  readonly inside: readonly (readonly [key: string, additions: Additions])[];
}

type Container = JsonObject | JsonArray;

/** Objects that are alike may have more or fewer of these, so that what is added to one of them has no place in others. */
const OF_ANY_LENGTH: ReadonlySet<string> = new Set(['env', 'args', 'command']);

/** Undefined where more happened than that something was added, or put into the place of what says nothing. */
export function additionsBetween(before: Container, after: Container): Additions | undefined {
  const members: [string, JsonValue][] = [];
  const inside: [string, Additions][] = [];
  let kept = 0;
  for (const [key, value = null] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? (before as JsonObject)[key] : undefined;
    if (old !== undefined) kept++;
    if (old === value) continue;
    if (isSilent(old)) members.push([key, value]);
    else if (!isContainer(old) || !isContainer(value) || isArray(old) !== isArray(value)) return undefined;
    else {
      const added = OF_ANY_LENGTH.has(key) ? undefined : additionsBetween(old, value);
      if (added === undefined) return undefined;
      inside.push([key, added]);
    }
  }
  return kept === Object.values(before).filter((value) => value !== undefined).length ? { members, inside } : undefined;
}

/** What Kubernetes and Knative take for a value that nobody set. */
function isSilent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '' || value === 0 || (isArray(value) && value.length === 0);
}

function isContainer(value: JsonValue | undefined): value is Container {
  return isObject(value) || isArray(value);
}

/** The object with the additions in it, itself where there are none; what is not on the way to one of them is shared with the object before. */
export function withAdditions(object: JsonObject, additions: Additions): JsonObject {
  if (additions.members.length === 0 && additions.inside.length === 0) return object;
  const copy = { ...object };
  for (const [key, inner] of additions.inside) {
    const value = copy[key];
    if (isObject(value)) setOwn(copy, key, withAdditions(value, inner));
    else if (isArray(value)) setOwn(copy, key, listWithAdditions(value, inner));
  }
  for (const [key, value] of additions.members) setOwn(copy, key, value);
  return copy;
}

function listWithAdditions(list: JsonArray, additions: Additions): JsonArray {
  const copy = list.slice();
  for (const [key, inner] of additions.inside) {
    const value = copy[Number(key)];
    if (isObject(value)) copy[Number(key)] = withAdditions(value, inner);
    else if (isArray(value)) copy[Number(key)] = listWithAdditions(value, inner);
  }
  for (const [key, value] of additions.members) copy[Number(key)] = value;
  return copy;
}
