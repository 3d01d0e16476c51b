/** Which min-scale each Revision of a Service is to be held at: what the status claims, and none for those that were overtaken. Pure. */
import { findKey, MIN_SCALE } from '../../src/knative/autoscaling/annotations.ts';
import { ROUTING_STATE_LABEL } from '../../src/knative/serving/revisions.ts';
import type { ScalingHome } from '../../src/knative/serving/scalingHome.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { annotationsOf, nameOf } from '../../src/kubernetes/object.ts';
import type { Observed } from '../../src/rollout/observed.ts';
import type { RolloutStatus } from '../../src/rollout/status.ts';
import { homeOf } from '../minScale/hold.ts';
import { isRolloutHolder } from '../minScale/rolloutClaims.ts';
import { traceOf } from '../minScale/trace.ts';
import { CONFIGURATION_GENERATION_LABEL } from '../serving/keys.ts';

export interface Wanted {
  readonly minScale: number;
  /** The environment's bounds are for what serves. */
  readonly isBeyondPolicy: boolean;
}

/**
 * What is claimed of each Revision; a Revision that is not in here is its author's.
 *
 * @param isStopped whether it is held at none by now
 */
export function wantedBy(
  status: RolloutStatus,
  observed: Observed,
  objects: readonly JsonObject[],
  now: Date,
  isStopped: (revision: JsonObject) => boolean,
): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  // a while after the Route has changed: by then Knative has said of most that they have left it
  const isSettled = now.getTime() - Date.parse(status.routedSince ?? '') >= observed.stableWindow;
  const newest = objects.find((each) => nameOf(each) === observed.service?.latestCreated);
  for (const object of objects) {
    const isHeld = isStopped(object);
    if ((isSettled || isHeld) && isOvertaken(object, newest, status, observed, isHeld)) {
      wanted.set(nameOf(object), { minScale: 0, isBeyondPolicy: true });
    }
  }
  for (const { revision, minScale } of status.claims) wanted.set(revision, { minScale, isBeyondPolicy: false });
  return wanted;
}

/**
 * One that was never in spec.traffic, and will not be: it stays `pending`, or `active` as its Configuration was, until a
 * Route that once named it changes. Knative takes both for the way up, so that it heeds its author's min-scale for ever
 * (knative/serving pkg/reconciler/revision/resources/pa.go, pkg/reconciler/configuration/resources/revision.go).
 */
function isOvertaken(
  object: JsonObject,
  newest: JsonObject | undefined,
  status: RolloutStatus,
  { service, revisions }: Observed,
  isStopped: boolean,
): boolean {
  const name = nameOf(object);
  const { stable, candidate, previous, failed } = status;
  if (stringAt(object, 'metadata', 'labels', ROUTING_STATE_LABEL) === 'reserve') return false;
  if (stable === undefined || (revisions.get(name)?.minScale ?? 0) === 0) return false;
  if ([stable, candidate?.revision, previous?.revision].includes(name)) return false;
  if (service === undefined || service.traffic.some(({ revision }) => revision === name)) return false;
  if (failed.some(({ revision }) => revision === name)) return true;
  // for as long as it is not known which is the newest, it stays as it is: its pods would come up in between
  return newest === undefined ? isStopped : generationOf(object) < generationOf(newest);
}

/** Of the Configuration, which all of them were made of. */
function generationOf(revision: JsonObject): number {
  return Number(stringAt(revision, 'metadata', 'labels', CONFIGURATION_GENERATION_LABEL));
}

/** A rollout holds it at no pods at all. */
export function isHeldAtNone(revision: JsonObject, podAutoscaler: JsonObject | undefined, home: ScalingHome): boolean {
  if (podAutoscaler === undefined || !isRolloutHolder(traceOf(podAutoscaler)?.holder)) return false;
  const annotations = annotationsOf(homeOf({ revision, podAutoscaler, recorded: undefined }, home));
  const key = findKey(annotations, MIN_SCALE);
  return key !== undefined && annotations[key] === '0';
}
