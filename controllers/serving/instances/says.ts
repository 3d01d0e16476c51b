/** A Revision and its PodAutoscaler as what steers its instances reads them. */
import type { Activity } from '../../../src/knative/autoscaler/scaleTarget.ts';
import { autoscalerSettings } from '../../../src/knative/autoscaler/settings.ts';
import { MILLISECOND, parseDuration } from '../../../src/knative/duration.ts';
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf } from '../../../src/kubernetes/object.ts';
import type { RevisionSettings } from '../../../src/platform/network/plane.ts';
import { PROGRESS_DEADLINE_ANNOTATION } from '../keys.ts';
import { annotationOf, conditionStatus } from '../read.ts';
import { isOfClassHpa } from '../resources/horizontalPodAutoscaler.ts';
import { protocolOf } from '../resources/podAutoscaler.ts';
import { initialScaleOf, isUnreachable } from '../scale.ts';
import type { Settings } from '../settings.ts';
import type { RevisionSays } from './revisionRun.ts';

/** Knative's own (knative/serving pkg/apis/config/defaults.go). */
const TIMEOUT_SECONDS = 300;

export type InstancesSettings = Pick<Settings, 'autoscaler' | 'progressDeadlineMs'>;

export function saysOf(podAutoscaler: JsonObject, settings: InstancesSettings): RevisionSays {
  const active = conditionOf(podAutoscaler, 'Active');
  return {
    settings: autoscalerSettings({
      annotations: annotationsOf(podAutoscaler),
      config: settings.autoscaler,
      containerConcurrency: numberAt(podAutoscaler, 'spec', 'containerConcurrency') ?? 0,
      isReachable: !isUnreachable(podAutoscaler),
    }),
    progressDeadline: progressDeadlineOf(podAutoscaler, settings.progressDeadlineMs),
    activity: activityOf(stringAt(active, 'status')),
    activeChanged: timeOf(stringAt(active, 'lastTransitionTime')),
    isInitialized: conditionStatus(podAutoscaler, 'ScaleTargetInitialized') === 'True',
    isOfClassHpa: isOfClassHpa(podAutoscaler),
    desiredScale: numberAt(podAutoscaler, 'status', 'desiredScale') ?? -1,
  };
}

function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  return arrayAt(object, 'status', 'conditions')
    .filter(isObject)
    .find((condition) => condition.type === type);
}

/** A condition that was never written is Unknown, as it is to Knative. */
function activityOf(status: string | undefined): Activity {
  if (status === 'True') return 'active';
  return status === 'False' ? 'inactive' : 'activating';
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** Milliseconds. */
function progressDeadlineOf(podAutoscaler: JsonObject, fallback: number): number {
  const parsed = parseDuration(annotationOf(podAutoscaler, PROGRESS_DEADLINE_ANNOTATION) ?? '');
  return parsed.ok ? Number(parsed.value / MILLISECOND) : fallback;
}

/**
 * Pods that there are to be before the autoscaler decides. Of a new Revision its initial scale, as its Deployment would
 * have; else what it was told last, of which this process knows nothing any more.
 *
 * @param there Pods that are there and not on their way out
 */
export function firstReplicas(podAutoscaler: JsonObject, there: number, settings: InstancesSettings): number {
  const told = numberAt(podAutoscaler, 'status', 'desiredScale') ?? -1;
  // zero is the word of a HorizontalPodAutoscaler that has not looked yet
  const isTold = isOfClassHpa(podAutoscaler) ? told > 0 : told >= 0;
  if (isTold) return Math.max(told, there);
  if (conditionStatus(podAutoscaler, 'ScaleTargetInitialized') === 'True') return there;
  return initialScaleOf(podAutoscaler, settings.autoscaler);
}

/** How long a Pod that goes has for the requests that it holds, in seconds. */
export function timeoutSecondsOf(revision: JsonObject): number {
  return numberAt(revision, 'spec', 'timeoutSeconds') ?? TIMEOUT_SECONDS;
}

export function revisionSettingsOf(revision: JsonObject): RevisionSettings {
  const seconds = (field: string): number | undefined => {
    const value = numberAt(revision, 'spec', field) ?? 0;
    return value > 0 ? value : undefined;
  };
  return {
    containerConcurrency: numberAt(revision, 'spec', 'containerConcurrency') ?? 0,
    timeoutSeconds: timeoutSecondsOf(revision),
    responseStartTimeoutSeconds: seconds('responseStartTimeoutSeconds'),
    idleTimeoutSeconds: seconds('idleTimeoutSeconds'),
    protocol: protocolOf(revision),
  };
}
