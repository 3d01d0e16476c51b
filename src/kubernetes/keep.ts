/** What a cache keeps of an object: what rules read, so that the rest costs no memory and a change of it is none. */
import { type JsonObject, type JsonValue, objectAt, type Step, setOwn } from './json.ts';

/** @param kept what is kept of the object so far, so that what takes a while is not made anew with each change of a status */
export type Keep = (object: JsonObject, kept?: JsonObject) => JsonObject;

/** The same one wherever nothing is kept: an object for each would take room. */
export const NOTHING: JsonObject = {};

/** kubectl keeps the whole manifest there a second time. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Name, namespace, labels, owners and whether it is on its way out: to be there is all that is asked. */
export const identity: Keep = ({ apiVersion, kind, metadata }) => ({
  ...typeOf(apiVersion, kind),
  metadata: bare(metadata),
});

/** All but the status and what the API server keeps for itself. */
export const whole: Keep = ({ metadata, status: _, ...rest }) => ({ ...rest, metadata: bare(metadata, true) });

/** All, its status too, but what kubectl wrote: who writes a status needs the resourceVersion. */
export const everything: Keep = ({ metadata, ...rest }) => {
  const annotations = withoutLastApplied(objectAt(metadata, 'annotations'));
  return { ...rest, metadata: { ...objectAt(metadata), ...(annotations === undefined ? {} : { annotations }) } };
};

/** Who it is, and the fields at these places. */
export function only(...ways: readonly (readonly Step[])[]): Keep {
  return (object) => {
    const kept: Record<string, JsonValue | undefined> = { ...identity(object) };
    for (const way of ways) copy(object, kept, way);
    return kept;
  };
}

/** The member, where there is a value for it: to be spread. */
export function optional(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? NOTHING : { [key]: value };
}

/** The members that are wanted. */
export function pick(from: JsonObject | undefined, isWanted: (key: string) => boolean): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(from ?? NOTHING)) {
    if (value !== undefined && isWanted(key)) setOwn(kept, key, value);
  }
  return kept;
}

function typeOf(apiVersion: JsonValue | undefined, kind: JsonValue | undefined): JsonObject {
  return { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }) };
}

const IDENTITY = ['name', 'namespace', 'labels', 'ownerReferences', 'deletionTimestamp'];

function bare(metadata: JsonValue | undefined, withAnnotations = false): JsonObject {
  const from = objectAt(metadata) ?? {};
  const kept: Record<string, JsonValue | undefined> = {};
  for (const field of IDENTITY) if (from[field] !== undefined) kept[field] = from[field];
  const annotations = withAnnotations ? withoutLastApplied(objectAt(from, 'annotations')) : undefined;
  if (annotations !== undefined) kept.annotations = annotations;
  return kept;
}

/** Without the manifest that kubectl keeps there a second time. */
export function withoutLastApplied(annotations: JsonObject | undefined): JsonObject | undefined {
  if (annotations?.[LAST_APPLIED] === undefined) return annotations;
  const { [LAST_APPLIED]: _, ...rest } = annotations;
  return rest;
}

/** Makes the objects on the way; arrays are kept as a whole or not at all. */
function copy(from: JsonObject, to: Record<string, JsonValue | undefined>, way: readonly Step[]): void {
  const [step, ...rest] = way;
  if (typeof step !== 'string') return;
  const value = Object.hasOwn(from, step) ? from[step] : undefined;
  if (value === undefined) return;
  if (rest.length === 0) {
    setOwn(to, step, value);
    return;
  }
  const inner = objectAt(value);
  if (inner === undefined) return;
  const below: Record<string, JsonValue | undefined> = { ...objectAt(to, step) };
  copy(inner, below, rest);
  setOwn(to, step, below);
}
