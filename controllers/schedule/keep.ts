/** What the caches keep that are not of what is held (controllers/minScale/keep.ts), and which changes there are none here. */
import { isReady } from '../../src/knative/serving/revisions.ts';
import { equals, type JsonObject, type JsonValue, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { type Keep, optional } from '../../src/kubernetes/keep.ts';

export const keepLabels: Keep = (object) => {
  const { resourceVersion: _, ...identity } = identityOf(object);
  return { metadata: { ...identity, ...optional('labels', objectAt(object, 'metadata', 'labels')) } };
};

export const keepData: Keep = (object) => {
  const { resourceVersion: _, ...identity } = identityOf(object);
  return { metadata: identity, ...optional('data', objectAt(object, 'data')) };
};

/** Whether anything but the version differs: Knative writes a status often, of which nothing is kept. */
export function isSameButVersion(one: JsonObject, other: JsonObject): boolean {
  return equals(withoutVersion(one), withoutVersion(other));
}

/** Whether a Service is selected by the same: where its traffic goes is kept for rollouts. */
export function isSameService(one: JsonObject, other: JsonObject): boolean {
  return isSameIn(one, other, ['labels']);
}

/** Whether a schedule reads the same of a Revision: why it is not ready, and how many pods it has, is kept for rollouts. */
export function isSameRevision(one: JsonObject, other: JsonObject): boolean {
  return isReady(one) === isReady(other) && isSameIn(one, other, READ);
}

/** Whether a schedule reads the same of a PodAutoscaler: how many pods it has is kept for rollouts. */
export function isSamePodAutoscaler(one: JsonObject, other: JsonObject): boolean {
  return isSameIn(one, other, READ);
}

const READ = ['uid', 'deletionTimestamp', 'labels', 'annotations'];

function isSameIn(one: JsonObject, other: JsonObject, fields: readonly string[]): boolean {
  const [left, right] = [objectAt(one, 'metadata'), objectAt(other, 'metadata')];
  return fields.every((field) => equals(left?.[field], right?.[field]));
}

function withoutVersion(object: JsonObject): JsonObject {
  const { resourceVersion: _, ...metadata } = objectAt(object, 'metadata') ?? {};
  return { ...object, metadata };
}

function identityOf(object: JsonObject): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const field of ['name', 'namespace', 'uid', 'resourceVersion', 'deletionTimestamp']) {
    const value = stringAt(object, 'metadata', field);
    if (value !== undefined) kept[field] = value;
  }
  return kept;
}
