/** What scales a Revision, and by whose word: the annotations that the autoscaler reads, the cluster's settings, a schedule. */
import {
  annotationOfKey,
  HPA,
  isAutoscalingKey,
  KPA,
  MAX_SCALE,
  MIN_SCALE,
} from '../../knative/autoscaling/annotations.ts';
import type { AutoscalerConfig } from '../../knative/autoscaling/config.ts';
import { autoscalerConfigOf } from '../../knative/autoscaling/config.ts';
import {
  type AutoscalingSource,
  effectiveClass,
  effectiveMaxScale,
  effectiveMetric,
  effectiveMinScale,
  effectivePodRetention,
  effectiveScaleDownDelay,
  effectiveTarget,
  effectiveWindow,
} from '../../knative/autoscaling/effective.ts';
import { podAutoscalerOf } from '../../knative/serving/revisions.ts';
import { asNumber, type JsonObject, numberAt, objectAt } from '../../kubernetes/json.ts';
import { labelsFrom, selects } from '../../kubernetes/labelSelector.ts';
import { isBeingDeleted, labelsOf, nameOf } from '../../kubernetes/object.ts';
import type { ScalingSchedule, State } from '../../schedule/model.ts';
import { readSchedule } from '../../schedule/read.ts';
import { stateAt } from '../../schedule/state.ts';
import { itemsOf } from '../look.ts';
import type { ServiceFacts } from './facts.ts';

export interface Scaling {
  readonly revision: string;
  /** Undefined where there is none yet. */
  readonly podAutoscaler: JsonObject | undefined;
  readonly config: AutoscalerConfig;
  readonly className: string;
  readonly metric: string;
  readonly target: number | undefined;
  readonly min: number;
  /** Infinity without a limit. */
  readonly max: number;
  /** Whose word min and max are: an annotation's key, or the cluster's. */
  readonly minBy: string;
  readonly maxBy: string;
  readonly window: bigint;
  readonly scaleDownDelay: bigint;
  readonly retention: bigint;
  /** Pods that the autoscaler counts, and those that it wants. */
  readonly actual: number | undefined;
  readonly desired: number | undefined;
}

export function scalingOf(revision: JsonObject, facts: ServiceFacts): Scaling {
  const podAutoscaler = itemsOf(facts.podAutoscalers).find((each) => nameOf(each) === podAutoscalerOf(revision));
  const config = autoscalerConfigOf(facts.knative.autoscaler);
  const concurrency = numberAt(revision, 'spec', 'containerConcurrency');
  const source: AutoscalingSource = {
    // the autoscaler reads the PodAutoscaler's
    annotations: objectAt(podAutoscaler ?? revision, 'metadata', 'annotations'),
    path: '/metadata/annotations',
    config,
    ...(concurrency === undefined ? {} : { containerConcurrency: concurrency }),
  };
  const min = effectiveMinScale(source);
  const max = effectiveMaxScale(source);
  return {
    revision: nameOf(revision),
    podAutoscaler,
    config,
    className: effectiveClass(source).value,
    metric: effectiveMetric(source).value,
    target: effectiveTarget(source).value,
    min: min.value,
    max: max.value,
    minBy: min.isSet ? `annotation ${MIN_SCALE[0]}` : 'min-scale of config-autoscaler',
    maxBy: max.isSet ? `annotation ${MAX_SCALE[0]}` : 'max-scale of config-autoscaler',
    window: effectiveWindow(source).value,
    scaleDownDelay: effectiveScaleDownDelay(source).value,
    retention: effectivePodRetention(source).value,
    actual: asNumber(objectAt(podAutoscaler, 'status')?.actualScale),
    desired: asNumber(objectAt(podAutoscaler, 'status')?.desiredScale),
  };
}

export function isKnown(className: string): boolean {
  return className === KPA || className === HPA;
}

/** Annotations of the autoscaling group that Knative does not know, of the Service's template. */
export function unknownKeys(annotations: JsonObject): string[] {
  return Object.keys(annotations)
    .filter((key) => isAutoscalingKey(key) && annotationOfKey(key) === undefined)
    .sort();
}

export interface Holding {
  readonly schedule: ScalingSchedule;
  readonly state: State;
}

/** The schedules that mean the Service and hold something now, the one that counts first. */
export function schedulesOf({ schedules, service, name, now }: ServiceFacts): Holding[] {
  const holding: Holding[] = [];
  for (const object of itemsOf(schedules)) {
    const { schedule } = readSchedule(object);
    if (schedule === undefined || isBeingDeleted(object) || !means(schedule, service, name)) continue;
    const state = stateAt(schedule, now);
    if (state.scale !== undefined) holding.push({ schedule, state });
  }
  return holding.sort(
    (left, right) =>
      right.schedule.priority - left.schedule.priority ||
      (right.state.scale?.minScale ?? -1) - (left.state.scale?.minScale ?? -1) ||
      (left.schedule.name < right.schedule.name ? -1 : 1),
  );
}

function means({ target }: ScalingSchedule, service: JsonObject, name: string): boolean {
  if ('selector' in target) return selects(target.selector, labelsFrom(labelsOf(service))) === 'yes';
  return target.name === name && (target.kind === 'Service' || target.kind === 'Configuration');
}
