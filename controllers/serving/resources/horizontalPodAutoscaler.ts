/** The HorizontalPodAutoscaler of a PodAutoscaler of that class (knative/serving pkg/reconciler/autoscaling/hpa/resources/hpa.go). */
import { CLASS, findAnnotation, HPA, METRIC, TARGET, WINDOW } from '../../../src/knative/autoscaling/annotations.ts';
import type { AutoscalerConfig } from '../../../src/knative/autoscaling/config.ts';
import { parseDuration, SECOND } from '../../../src/knative/duration.ts';
import { parseFloat64 } from '../../../src/knative/goNumbers.ts';
import { podAutoscalers } from '../../../src/knative/resources.ts';
import { apiVersionOf } from '../../../src/kubernetes/client/resource.ts';
import { equals, isObject, type JsonObject, type JsonValue, objectAt } from '../../../src/kubernetes/json.ts';
import { annotationsOf, labelsOf, nameOf } from '../../../src/kubernetes/object.ts';
import { formatMemory } from '../../../src/kubernetes/quantity.ts';
import { horizontalPodAutoscalers } from '../../hpa/resources.ts';
import { namespaceOf } from '../read.ts';
import { scaleBounds } from '../scale.ts';
import { controllerReference } from './owner.ts';

/** No limit. */
const MOST = 2 ** 31 - 1;
const NANOS_PER_MIB = 1_000_000_000n * 1024n * 1024n;

export function isOfClassHpa(podAutoscaler: JsonObject): boolean {
  return textOf(podAutoscaler, CLASS) === HPA;
}

export function makeHorizontalPodAutoscaler(podAutoscaler: JsonObject, config: AutoscalerConfig): JsonObject {
  const { min, max } = scaleBounds(podAutoscaler, config);
  const { apiVersion = '', kind = '', name = '' } = objectAt(podAutoscaler, 'spec', 'scaleTargetRef') ?? {};
  const metric = metricOf(podAutoscaler);
  const seconds = windowOf(podAutoscaler);
  const rules = { stabilizationWindowSeconds: seconds ?? 0 };
  return {
    apiVersion: apiVersionOf(horizontalPodAutoscalers),
    kind: horizontalPodAutoscalers.kind,
    metadata: {
      name: nameOf(podAutoscaler),
      namespace: namespaceOf(podAutoscaler),
      labels: labelsOf(podAutoscaler),
      annotations: annotationsOf(podAutoscaler),
      ownerReferences: [controllerReference(podAutoscaler, podAutoscalers)],
    },
    spec: {
      scaleTargetRef: { apiVersion, kind, name },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max === 0 ? MOST : max,
      ...(metric === undefined ? {} : { metrics: [metric] }),
      ...(seconds === undefined ? {} : { behavior: { scaleUp: rules, scaleDown: rules } }),
    },
  };
}

/** Undefined leaves it to Kubernetes, which takes 80 % of the CPU requested. */
function metricOf(podAutoscaler: JsonObject): JsonObject | undefined {
  const parsed = parseFloat64(textOf(podAutoscaler, TARGET) ?? '');
  if (!parsed.ok) return undefined;
  const name = textOf(podAutoscaler, METRIC) ?? 'cpu';
  if (name === 'cpu') {
    const target = { type: 'Utilization', averageUtilization: Math.ceil(parsed.value) };
    return { type: 'Resource', resource: { name, target } };
  }
  const whole = BigInt(Math.trunc(parsed.value));
  if (name === 'memory') {
    const target = { type: 'AverageValue', averageValue: formatMemory(whole * NANOS_PER_MIB) };
    return { type: 'Resource', resource: { name, target } };
  }
  return { type: 'Pods', pods: { metric: { name }, target: { type: 'AverageValue', averageValue: String(whole) } } };
}

function windowOf(podAutoscaler: JsonObject): number | undefined {
  const parsed = parseDuration(textOf(podAutoscaler, WINDOW) ?? '');
  return parsed.ok ? Number(parsed.value / SECOND) : undefined;
}

function textOf(podAutoscaler: JsonObject, annotation: Parameters<typeof findAnnotation>[1]): string | undefined {
  return findAnnotation(annotationsOf(podAutoscaler), annotation, '')?.value;
}

/** What the API server fills in of what is left out. */
const FILLED_IN: JsonObject = {
  minReplicas: 1,
  metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
};

/** Whether a spec says what it should, with what the API server filled in. */
export function saysTheSame(spec: JsonObject | undefined, wanted: JsonObject): boolean {
  const hasBehavior = spec?.behavior !== undefined;
  if (hasBehavior !== (wanted.behavior !== undefined)) return false;
  return holds(spec, { ...FILLED_IN, ...wanted });
}

function holds(value: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  if (!isObject(wanted)) {
    if (!Array.isArray(wanted)) return equals(value, wanted);
    return (
      Array.isArray(value) &&
      value.length === wanted.length &&
      wanted.every((each: JsonValue, index) => holds(value[index], each))
    );
  }
  return isObject(value) && Object.entries(wanted).every(([key, each]) => holds(value[key], each));
}
