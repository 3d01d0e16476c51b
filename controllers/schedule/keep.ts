/** What the caches keep: of ten thousand Revisions each field counts. */
import { AUTOSCALING_GROUP } from '../../src/knative/autoscaling/annotations.ts';
import { CONFIGURATION_LABEL, ROUTING_STATE_LABEL, SERVICE_LABEL } from '../../src/knative/serving/revisions.ts';
import {
  arrayAt,
  equals,
  isObject,
  type JsonObject,
  type JsonValue,
  objectAt,
  stringAt,
} from '../../src/kubernetes/json.ts';
import type { Keep } from '../../src/kubernetes/keep.ts';
import { TRACE_ANNOTATION } from '../minScale/trace.ts';

const REVISION_LABELS = [SERVICE_LABEL, CONFIGURATION_LABEL, ROUTING_STATE_LABEL];

/** Whose it is, whether it takes traffic and is ready, and how it is scaled. */
export const keepRevision: Keep = (object) => {
  const ready = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  const isScaling = (key: string): boolean => key.startsWith(AUTOSCALING_GROUP);
  return {
    metadata: {
      ...identityOf(object),
      labels: pick(objectAt(object, 'metadata', 'labels'), (key) => REVISION_LABELS.includes(key)),
      annotations: pick(objectAt(object, 'metadata', 'annotations'), isScaling),
    },
    status: {
      conditions: isObject(ready) ? [pick(ready, (key) => key === 'type' || key === 'status')] : [],
    },
  };
};

export const keepPodAutoscaler: Keep = (object) => ({
  metadata: {
    ...identityOf(object),
    annotations: pick(
      objectAt(object, 'metadata', 'annotations'),
      (key) => key === TRACE_ANNOTATION || key.startsWith(AUTOSCALING_GROUP),
    ),
  },
});

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

function optional(key: string, value: JsonObject | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}

function pick(from: JsonObject | undefined, isWanted: (key: string) => boolean): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(from ?? {})) {
    if (value !== undefined && key !== '__proto__' && isWanted(key)) kept[key] = value;
  }
  return kept;
}
