/**
 * HorizontalPodAutoscalers of autoscaling/v1, which knows one metric: the others, the behavior and the conditions are
 * kept in annotations (k8s.io/kubernetes pkg/apis/autoscaling/v1/conversion.go).
 */
import {
  arrayAt,
  isArray,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../../../kubernetes/json.ts';
import { goStruct } from '../../status/causes.ts';
import { copyOf, type Draft, draftAt } from '../draft.ts';
import type { Conversion } from '../resource.ts';
import { behaviorFromV1, behaviorToV1 } from './behavior.ts';
import { currentFromV1, currentToV1, metricFromV1, metricToV1 } from './metrics.ts';
import { shaped } from './shape.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const METRICS = `${PREFIX}metrics`;
const CURRENT_METRICS = `${PREFIX}current-metrics`;
const BEHAVIOR = `${PREFIX}behavior`;
const CONDITIONS = `${PREFIX}conditions`;
/** Those that only ever hold what another version has fields for. */
const ROUND_TRIP = [
  METRICS,
  BEHAVIOR,
  `${PREFIX}scale-down-tolerance`,
  `${PREFIX}scale-up-tolerance`,
  CURRENT_METRICS,
  CONDITIONS,
];
const USUAL_UTILIZATION = 80;

/**
 * What v1 cannot tell, such as the order of metrics, is taken from what the object was made of, as long as nobody has
 * made another spec or status, or other annotations, of it.
 */
export const autoscalerConversion: Conversion = {
  toStored,
  restored(autoscaler) {
    const stored = toStored(autoscaler);
    const [spec, status] = PARTS.map((part) => recalled(autoscaler, part));
    return { ...stored, ...(spec !== undefined && { spec }), ...(status !== undefined && { status }) };
  },
  fromStored(stored) {
    const autoscaler = fromStored(stored);
    for (const part of PARTS) remember(autoscaler, part, objectAt(stored, part));
    return autoscaler;
  },
};

type Part = 'spec' | 'status';
const PARTS = ['spec', 'status'] as const satisfies readonly Part[];
const KEPT_IN: Readonly<Record<Part, readonly string[]>> = {
  spec: [METRICS, BEHAVIOR],
  status: [CURRENT_METRICS, CONDITIONS],
};

/** By the spec or the status of v1. */
const origins = new WeakMap<JsonObject, { readonly stored: JsonObject; readonly annotations: readonly unknown[] }>();

function remember(autoscaler: JsonObject, part: Part, stored: JsonObject | undefined): void {
  const own = objectAt(autoscaler, part);
  if (own !== undefined && stored !== undefined) {
    origins.set(own, { stored, annotations: annotationsOf(autoscaler, part) });
  }
}

function recalled(autoscaler: JsonObject, part: Part): JsonObject | undefined {
  const own = objectAt(autoscaler, part);
  const origin = own === undefined ? undefined : origins.get(own);
  const now = annotationsOf(autoscaler, part);
  return origin?.annotations.every((text, index) => text === now[index]) === true ? origin.stored : undefined;
}

function annotationsOf(autoscaler: JsonObject, part: Part): unknown[] {
  const annotations = objectAt(autoscaler, 'metadata', 'annotations') ?? {};
  return KEPT_IN[part].map((key) => annotations[key]);
}

function toStored(autoscaler: JsonObject): JsonObject {
  const { metadata: _, spec: __, status: ___, ...rest } = autoscaler;
  const annotations = objectAt(autoscaler, 'metadata', 'annotations') ?? {};
  const { targetCPUUtilizationPercentage: wanted, ...spec } = objectAt(autoscaler, 'spec') ?? {};
  const { currentCPUUtilizationPercentage: found, ...status } = objectAt(autoscaler, 'status') ?? {};
  const stored: JsonObject = {
    ...rest,
    metadata: objectAt(autoscaler, 'metadata') ?? {},
    spec: { ...spec, metrics: metricsOf(annotations, wanted), ...behaviorOf(annotations) },
    status: { ...status, ...currentOf(annotations, found), ...conditionsOf(annotations) },
  };
  const draft = copyOf(stored);
  dropRoundTrip(draft);
  return shaped(draft, 'autoscaling', 'v2', 'HorizontalPodAutoscaler');
}

function metricsOf(annotations: JsonObject, wanted: JsonValue | undefined): JsonValue {
  const cpu = (averageUtilization: JsonValue): JsonObject => ({
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
  });
  const own = wanted === undefined || wanted === null ? [] : [cpu(wanted)];
  const all = [...(listIn(annotations, METRICS, metricFromV1) ?? []), ...own];
  return all.length === 0 ? [cpu(USUAL_UTILIZATION)] : all;
}

function behaviorOf(annotations: JsonObject): JsonObject {
  const behavior = behaviorFromV1(parsed(annotations, BEHAVIOR));
  return behavior === undefined ? {} : { behavior };
}

/** Those of the annotation know more than the one number. */
function currentOf(annotations: JsonObject, found: JsonValue | undefined): JsonObject {
  const currentMetrics = listIn(annotations, CURRENT_METRICS, currentFromV1);
  if (currentMetrics !== undefined) return { currentMetrics };
  if (found === undefined || found === null) return {};
  const resource = { name: 'cpu', current: { averageUtilization: found } };
  return { currentMetrics: [{ type: 'Resource', resource }] };
}

function conditionsOf(annotations: JsonObject): JsonObject {
  const conditions = listIn(annotations, CONDITIONS, (each) => (isObject(each) ? each : undefined));
  return conditions === undefined ? {} : { conditions };
}

/** @returns undefined where the annotation is not there, or cannot be read: it is passed over then */
function listIn(
  annotations: JsonObject,
  key: string,
  read: (item: JsonValue) => JsonObject | undefined,
): JsonObject[] | undefined {
  const value = parsed(annotations, key);
  if (value === null) return [];
  if (!isArray(value)) return undefined;
  const items = value.map(read);
  return items.every((item) => item !== undefined) ? items : undefined;
}

function parsed(annotations: JsonObject, key: string): JsonValue | undefined {
  const text = annotations[key];
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fromStored(stored: JsonObject): JsonObject {
  const { spec: _, status: __, ...rest } = stored;
  const { metrics: ___, behavior, ...spec } = objectAt(stored, 'spec') ?? {};
  const { currentMetrics: ____, conditions: _____, ...status } = objectAt(stored, 'status') ?? {};
  const metrics = arrayAt(stored, 'spec', 'metrics').filter(isObject);
  const current = arrayAt(stored, 'status', 'currentMetrics').filter(isObject);
  const told = arrayAt(stored, 'status', 'conditions').filter(isObject);
  const others = metrics.filter((metric) => wantedCpu(metric) === undefined);

  const draft = copyOf({
    ...rest,
    spec: { ...spec, targetCPUUtilizationPercentage: metrics.map(wantedCpu).find((each) => each !== undefined) },
    status: {
      ...status,
      currentCPUUtilizationPercentage: current.map(currentCpu).findLast((each) => each !== undefined),
    },
  });
  dropRoundTrip(draft);
  annotate(draft, METRICS, others.length === 0 ? undefined : others.map(metricToV1));
  annotate(draft, CURRENT_METRICS, current.length === 0 ? undefined : current.map(currentToV1));
  annotate(draft, BEHAVIOR, isObject(behavior) ? behaviorToV1(behavior) : undefined);
  annotate(draft, CONDITIONS, told.length === 0 ? undefined : told.map(conditionToV1));
  return shaped(draft, 'autoscaling', 'v1', 'HorizontalPodAutoscaler');
}

/** What v1 has a field for. */
function wantedCpu(metric: JsonObject): number | undefined {
  const isCpu = metric.type === 'Resource' && stringAt(metric, 'resource', 'name') === 'cpu';
  return isCpu ? numberAt(metric, 'resource', 'target', 'averageUtilization') : undefined;
}

function currentCpu(metric: JsonObject): number | undefined {
  const isCpu = metric.type === 'Resource' && stringAt(metric, 'resource', 'name') === 'cpu';
  return isCpu ? numberAt(metric, 'resource', 'current', 'averageUtilization') : undefined;
}

function conditionToV1({ type = '', status = '', lastTransitionTime = null, reason, message }: JsonObject): JsonObject {
  return {
    type,
    status,
    lastTransitionTime,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
}

/** Out of an object of any version: what other versions keep there is no annotation of its own. */
export function dropRoundTrip(draft: Draft): void {
  const annotations = draftAt(draft, 'metadata', 'annotations');
  if (annotations === undefined) return;
  for (const key of ROUND_TRIP) delete annotations[key];
}

function annotate(draft: Draft, key: string, value: JsonValue | undefined): void {
  if (value === undefined) return;
  const metadata = draftAt(draft, 'metadata') ?? {};
  const annotations = draftAt(metadata, 'annotations') ?? {};
  annotations[key] = goText(value);
  metadata.annotations = annotations;
  draft.metadata = metadata;
}

function goText(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(goText).join(',')}]`;
  return isObject(value) ? goStruct(value) : JSON.stringify(value);
}
