/** What the caches keep of Configurations, Routes and Jobs; what is shared with schedules is in controllers/minScale/keep.ts. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/kubernetes/json.ts';
import { type Keep, optional, pick } from '../../src/kubernetes/keep.ts';

export const keepConfiguration: Keep = (object) => ({
  metadata: identityOf(object),
  status: {
    observedGeneration: numberAt(object, 'status', 'observedGeneration') ?? 0,
    latestCreatedRevisionName: stringAt(object, 'status', 'latestCreatedRevisionName') ?? '',
    latestReadyRevisionName: stringAt(object, 'status', 'latestReadyRevisionName') ?? '',
  },
});

export const keepRoute: Keep = (object) => ({
  metadata: identityOf(object),
  status: {
    observedGeneration: numberAt(object, 'status', 'observedGeneration') ?? 0,
    traffic: arrayAt(object, 'status', 'traffic'),
    conditions: conditionsOf(object, ['AllTrafficAssigned', 'IngressReady']),
    url: stringAt(object, 'status', 'url') ?? '',
    ...optional('address', objectAt(object, 'status', 'address')),
  },
});

/** The result and the time of a Job; whose it is its labels say. */
export const keepJob: Keep = (object) => ({
  metadata: { ...identityOf(object), labels: objectAt(object, 'metadata', 'labels') ?? {} },
  status: { conditions: conditionsOf(object, ['Complete', 'Failed']) },
});

/** Whether the rollouts' controller has set no-gc there: of managers, nobody else is kept (controllers/minScale/keep.ts). */
export function isKeptByUs(revision: JsonObject): boolean {
  return arrayAt(revision, 'metadata', 'managedFields').length > 0;
}

function conditionsOf(object: JsonObject, types: readonly string[]): JsonObject[] {
  return arrayAt(object, 'status', 'conditions')
    .filter(isObject)
    .filter((each) => types.includes(stringAt(each, 'type') ?? ''))
    .map((each) => pick(each, (key) => ['type', 'status', 'reason', 'message'].includes(key)));
}

function identityOf(object: JsonObject): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const field of ['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp']) {
    const value = stringAt(object, 'metadata', field);
    if (value !== undefined) kept[field] = value;
  }
  const generation = numberAt(object, 'metadata', 'generation');
  if (generation !== undefined) kept.generation = generation;
  return kept;
}
