/** The annotations that are held, and what their author wrote there. */
import {
  type AnnotationKeys,
  findKey,
  MAX_SCALE,
  MIN_SCALE,
  TARGET,
} from '../../src/knative/autoscaling/annotations.ts';
import { isObject, type JsonObject, type JsonValue, objectAt, ownMember } from '../../src/kubernetes/json.ts';
import type { Scale } from '../../src/schedule/model.ts';

/** By key, in whichever spelling it stands there; a key that is absent was absent. */
export type Authored = Readonly<Record<string, string>>;

const FIELDS = [
  ['minScale', MIN_SCALE],
  ['maxScale', MAX_SCALE],
  ['target', TARGET],
] as const satisfies readonly (readonly [keyof Scale, AnnotationKeys])[];

/** All that is ever written on a Revision. */
export const HELD_KEYS: readonly string[] = FIELDS.flatMap(([, keys]) => [...keys]);

/** What stands in an object's annotations of those that are held. */
export function heldAnnotations(object: JsonObject | undefined): Authored {
  return readAuthored(objectAt(object, 'metadata', 'annotations')) ?? {};
}

/** What was recorded; undefined where nothing was, or nothing that can be read. */
export function readAuthored(value: JsonValue | undefined): Authored | undefined {
  if (!isObject(value)) return undefined;
  const authored: Record<string, string> = {};
  for (const key of HELD_KEYS) {
    const text = ownMember(value, key);
    if (typeof text === 'string') authored[key] = text;
  }
  return authored;
}

/** What shall stand there while the scale is held: in the author's spelling, or in Knative's own where the key is new. */
export function annotationsFor(scale: Scale, authored: Authored): Authored {
  const wanted: Record<string, string> = { ...authored };
  for (const [field, keys] of FIELDS) {
    const value = scale[field];
    if (value !== undefined) wanted[findKey(authored, keys) ?? keys[0]] = `${value}`;
  }
  return wanted;
}

/** What has to be written for what is there to become what is wanted: null takes a key away. */
export function changeBetween(there: Authored, wanted: Authored): Readonly<Record<string, string | null>> {
  const change: Record<string, string | null> = {};
  for (const key of HELD_KEYS) {
    const value = wanted[key];
    if (there[key] !== value) change[key] = value ?? null;
  }
  return change;
}
