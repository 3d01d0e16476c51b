/**
 * What the caches keep for schedules and rollouts, which share one of Services, Revisions and PodAutoscalers each: what
 * either of them reads, and no more, since of ten thousand Revisions each field counts.
 */
import { AUTOSCALING_GROUP } from '../../src/knative/autoscaling/annotations.ts';
import { podAutoscalers, revisions, services } from '../../src/knative/resources.ts';
import { CONFIGURATION_LABEL, ROUTING_STATE_LABEL, SERVICE_LABEL } from '../../src/knative/serving/revisions.ts';
import { arrayAt, equals, isObject, type JsonObject, numberAt, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { type Keep, NOTHING, optional, pick } from '../../src/kubernetes/keep.ts';
import { fingerprintOf, isKnatives } from '../../src/rollout/fingerprint.ts';
import { FIELD_MANAGER, LAST_APPLIED } from '../../src/rollout/owner.ts';
import type { FollowOptions } from '../manager/controller.ts';
import { CONFIGURATION_GENERATION_LABEL, NO_GC_ANNOTATION, ROLLOUT_DURATION_ANNOTATIONS } from '../serving/keys.ts';
import { TRACE_ANNOTATION } from './trace.ts';

const REVISION_LABELS = [SERVICE_LABEL, CONFIGURATION_LABEL, ROUTING_STATE_LABEL, CONFIGURATION_GENERATION_LABEL];

/** Most Services and Revisions say the same. */
const LATEST = { traffic: [{ latestRevision: true, percent: 100 }] } satisfies JsonObject;
const READY: JsonObject = { conditions: [{ type: 'Ready', status: 'True' }] };
const TOLD = ['type', 'status', 'reason', 'message'];
const OF_TRAFFIC: JsonObject = { 'f:spec': { 'f:traffic': {} } };

/** What selects it, where its traffic goes, and who said so (src/rollout/owner.ts). */
export const keepService: Keep = (object) => {
  const annotations = objectAt(object, 'metadata', 'annotations');
  const traffic = arrayAt(object, 'spec', 'traffic');
  const managers = arrayAt(object, 'metadata', 'managedFields').filter(isObject).flatMap(ofTraffic);
  const kept = {
    ...pick(annotations, (key) => ROLLOUT_DURATION_ANNOTATIONS.includes(key)),
    ...lastApplied(stringAt(annotations, LAST_APPLIED)),
  };
  return {
    metadata: metadataOf(
      object,
      objectAt(object, 'metadata', 'labels') ?? NOTHING,
      kept,
      managers.length === 0 ? NOTHING : { managedFields: managers },
    ),
    spec: equals(traffic, LATEST.traffic) ? LATEST : { traffic },
    status: { observedGeneration: numberAt(object, 'status', 'observedGeneration') ?? 0 },
  };
};

/**
 * Whose it is, whether it takes traffic and is ready, and how it is scaled. What else counts where two Revisions shall be
 * the same is in hashes: that of the spec, which only another generation changes (API conventions, metadata.generation), and
 * that of labels and annotations that neither Knative nor a claim writes.
 */
export const keepRevision: Keep = (object, kept) => {
  const labels = objectAt(object, 'metadata', 'labels') ?? NOTHING;
  const annotations = objectAt(object, 'metadata', 'annotations');
  const ours = arrayAt(object, 'metadata', 'managedFields').filter(isObject).flatMap(ofNoGc);
  return {
    metadata: metadataOf(
      object,
      pick(labels, (key) => REVISION_LABELS.includes(key)),
      pick(annotations, isScaling),
      ours.length === 0 ? NOTHING : { managedFields: ours },
    ),
    spec: {
      hash: specHashOf(object, kept),
      ...authoredHashOf(labels, annotations),
    },
    status: statusOf(object),
  };
};

/** How it is scaled, who holds it, and how many there are. */
export const keepPodAutoscaler: Keep = (object) => {
  const isKept = (key: string): boolean => key === TRACE_ANNOTATION || isScaling(key);
  const actualScale = numberAt(object, 'status', 'actualScale');
  return {
    metadata: metadataOf(object, NOTHING, pick(objectAt(object, 'metadata', 'annotations'), isKept)),
    status: actualScale === undefined ? NOTHING : { actualScale },
  };
};

/**
 * Followed by these very words, there is one cache of each. Each sees managedFields, as keeps that leave them out may: to take
 * them away before costs a copy.
 */
export const SERVICES = { resource: services, keep: keepService, seesManagedFields: true } satisfies FollowOptions;
export const REVISIONS = { resource: revisions, keep: keepRevision, seesManagedFields: true } satisfies FollowOptions;
export const POD_AUTOSCALERS = {
  resource: podAutoscalers,
  keep: keepPodAutoscaler,
  seesManagedFields: true,
} satisfies FollowOptions;

/** To make it takes longer than all else here, and each claim and each status comes by with the same spec. */
function specHashOf({ metadata, spec }: JsonObject, kept: JsonObject | undefined): string {
  const generation = numberAt(metadata, 'generation');
  const known = stringAt(kept, 'spec', 'hash');
  const isSame =
    generation !== undefined &&
    generation === numberAt(kept, 'metadata', 'generation') &&
    stringAt(metadata, 'uid') === stringAt(kept, 'metadata', 'uid');
  return known !== undefined && isSame ? known : fingerprintOf({ spec }, undefined);
}

function authoredHashOf(labels: JsonObject, annotations: JsonObject | undefined): JsonObject {
  const own = pick(labels, (key) => !isKnatives(key));
  const others = pick(annotations, (key) => key !== LAST_APPLIED && !isScaling(key) && !isKnatives(key));
  if (Object.keys(own).length === 0 && Object.keys(others).length === 0) return NOTHING;
  return { authored: fingerprintOf({ metadata: { labels: own, annotations: others } }, undefined) };
}

function isScaling(key: string): boolean {
  return key.startsWith(AUTOSCALING_GROUP);
}

/** Why it is not ready is told to people; of pods that are not there, nothing is. */
function statusOf(object: JsonObject): JsonObject {
  const ready = arrayAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === 'Ready');
  const pods = optional('actualReplicas', numberAt(object, 'status', 'actualReplicas') || undefined);
  if (!isObject(ready)) return { ...pods };
  if (ready.status === 'True') return pods === NOTHING ? READY : { ...READY, ...pods };
  return { conditions: [pick(ready, (key) => TOLD.includes(key))], ...pods };
}

/** Only the manager of spec.traffic, as src/rollout/owner.ts asks for it. */
function ofTraffic(entry: JsonObject): JsonObject[] {
  if (objectAt(entry, 'fieldsV1', 'f:spec', 'f:traffic') === undefined) return [];
  return [{ ...writerOf(entry), fieldsV1: OF_TRAFFIC }];
}

function ofNoGc(entry: JsonObject): JsonObject[] {
  const isOurs = stringAt(entry, 'manager') === FIELD_MANAGER && stringAt(entry, 'operation') === 'Apply';
  const fields = objectAt(entry, 'fieldsV1', 'f:metadata', 'f:annotations', `f:${NO_GC_ANNOTATION}`);
  return isOurs && fields !== undefined ? [writerOf(entry)] : [];
}

function writerOf(entry: JsonObject): JsonObject {
  return {
    manager: stringAt(entry, 'manager') ?? '',
    operation: stringAt(entry, 'operation') ?? '',
    ...optional('subresource', stringAt(entry, 'subresource')),
  };
}

/** Of what `kubectl apply` and Argo CD leave, whether there is a spec.traffic in it. */
function lastApplied(text: string | undefined): JsonObject {
  if (text?.includes('"traffic"') !== true) return NOTHING;
  try {
    const traffic = arrayAt(JSON.parse(text), 'spec', 'traffic');
    return traffic.length === 0 ? NOTHING : { [LAST_APPLIED]: JSON.stringify({ spec: { traffic } }) };
  } catch {
    return NOTHING;
  }
}

/** Written out, so that each has its place: what is put together key by key takes a third more. */
function metadataOf(object: JsonObject, labels: JsonObject, annotations: JsonObject, more = NOTHING): JsonObject {
  const metadata = objectAt(object, 'metadata');
  return {
    name: stringAt(metadata, 'name') ?? '',
    namespace: stringAt(metadata, 'namespace') ?? '',
    uid: stringAt(metadata, 'uid') ?? '',
    resourceVersion: stringAt(metadata, 'resourceVersion') ?? '',
    generation: numberAt(metadata, 'generation') ?? 0,
    labels,
    annotations,
    ...optional('deletionTimestamp', stringAt(metadata, 'deletionTimestamp')),
    ...more,
  };
}
