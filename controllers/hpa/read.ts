/** HorizontalPodAutoscalers and Pods as the algorithm reads them, whatever they look like. */
import {
  arrayAt,
  isObject,
  type JsonObject,
  type JsonValue,
  numberAt,
  objectAt,
  stringAt,
} from '../../src/kubernetes/json.ts';
import { isBeingDeleted, nameOf } from '../../src/kubernetes/object.ts';
import { parseQuantity } from '../../src/kubernetes/quantity.ts';
import type { Behavior } from './normalize.ts';
import type { PodSeen, Requests } from './pods.ts';
import type { ResourceName, Target, Tolerances } from './proposal.ts';
import type { ScalingPolicy, ScalingRules } from './rules.ts';

export interface Spec {
  readonly min: number;
  readonly max: number;
  readonly metrics: readonly Metric[];
  /** Undefined where nothing is said of either direction. */
  readonly behavior: Behavior | undefined;
  readonly tolerances: Tolerances;
}

/** One of spec.metrics. */
export type Metric =
  | { readonly target: Target; readonly type: 'Resource' | 'ContainerResource' }
  /** Nobody measures it here. */
  | { readonly target?: undefined; readonly type: string; readonly name: string };

/** kube-controller-manager's `--horizontal-pod-autoscaler-tolerance`. */
const TOLERANCE = 0.1;
/** What the API server would have filled in (k8s.io/kubernetes pkg/apis/autoscaling/v2/defaults.go). */
const DEFAULT_METRIC: Metric = { type: 'Resource', target: { resource: 'cpu', wants: { percent: 80 } } };
const UP_POLICIES: readonly ScalingPolicy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const DOWN_POLICIES: readonly ScalingPolicy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

export function specOf(autoscaler: JsonObject): Spec {
  const spec = objectAt(autoscaler, 'spec');
  const metrics = arrayAt(spec, 'metrics').filter(isObject).map(metricOf);
  const behavior = objectAt(spec, 'behavior');
  return {
    min: numberAt(spec, 'minReplicas') ?? 1,
    max: numberAt(spec, 'maxReplicas') ?? 0,
    metrics: metrics.length === 0 ? [DEFAULT_METRIC] : metrics,
    behavior: behavior === undefined ? undefined : behaviorOf(behavior),
    tolerances: {
      up: toleranceOf(objectAt(behavior, 'scaleUp')),
      down: toleranceOf(objectAt(behavior, 'scaleDown')),
    },
  };
}

function metricOf(metric: JsonObject): Metric {
  const type = stringAt(metric, 'type') ?? '';
  const source = objectAt(metric, type === 'ContainerResource' ? 'containerResource' : 'resource');
  const resource = stringAt(source, 'name');
  const wants = wantsOf(objectAt(source, 'target'));
  const isMeasured = type === 'Resource' || type === 'ContainerResource';
  if (!isMeasured || wants === undefined || (resource !== 'cpu' && resource !== 'memory')) {
    return { type, name: resource ?? nameIn(metric, type) };
  }
  const container = type === 'ContainerResource' ? { container: stringAt(source, 'container') ?? '' } : {};
  return { type, target: { resource, wants, ...container } };
}

function nameIn(metric: JsonObject, type: string): string {
  return stringAt(metric, type.toLowerCase(), 'metric', 'name') ?? '';
}

function wantsOf(target: JsonObject | undefined): Target['wants'] | undefined {
  const average = milli(target?.averageValue);
  if (average !== undefined) return { average };
  const percent = numberAt(target, 'averageUtilization');
  return percent === undefined ? undefined : { percent };
}

function behaviorOf(behavior: JsonObject): Behavior {
  return {
    scaleUp: rulesOf(objectAt(behavior, 'scaleUp'), UP_POLICIES, 0),
    scaleDown: rulesOf(objectAt(behavior, 'scaleDown'), DOWN_POLICIES, undefined),
  };
}

function rulesOf(
  rules: JsonObject | undefined,
  usual: readonly ScalingPolicy[],
  usualSeconds: number | undefined,
): ScalingRules {
  const select = stringAt(rules, 'selectPolicy');
  const policies = arrayAt(rules, 'policies')
    .filter(isObject)
    .map(
      (policy): ScalingPolicy => ({
        type: policy.type === 'Pods' ? 'Pods' : 'Percent',
        value: numberAt(policy, 'value') ?? 0,
        periodSeconds: numberAt(policy, 'periodSeconds') ?? 0,
      }),
    );
  return {
    stabilizationSeconds: numberAt(rules, 'stabilizationWindowSeconds') ?? usualSeconds,
    selectPolicy: select === 'Min' || select === 'Disabled' ? select : 'Max',
    policies: policies.length === 0 ? usual : policies,
  };
}

function toleranceOf(rules: JsonObject | undefined): number {
  const nanos = parseQuantity(rules?.tolerance);
  return nanos === undefined ? TOLERANCE : Number(nanos) / 1e9;
}

export function podOf(pod: JsonObject): PodSeen {
  const ready = arrayAt(pod, 'status', 'conditions')
    .filter(isObject)
    .find(({ type }) => type === 'Ready');
  const sidecars = arrayAt(pod, 'spec', 'initContainers')
    .filter(isObject)
    .filter(({ restartPolicy }) => restartPolicy === 'Always');
  const containers = [...arrayAt(pod, 'spec', 'containers').filter(isObject), ...sidecars];
  return {
    name: nameOf(pod),
    phase: stringAt(pod, 'status', 'phase') ?? '',
    isBeingDeleted: isBeingDeleted(pod),
    startTime: timeAt(stringAt(pod, 'status', 'startTime')),
    ready:
      ready === undefined
        ? undefined
        : {
            status: stringAt(ready, 'status') ?? '',
            changed: timeAt(stringAt(ready, 'lastTransitionTime')) ?? 0,
          },
    requests: requestsOf(objectAt(pod, 'spec')),
    containers: containers.map((each) => ({ name: nameOfContainer(each), requests: requestsOf(each) })),
  };
}

function nameOfContainer(container: JsonObject): string {
  return stringAt(container, 'name') ?? '';
}

function requestsOf(of: JsonObject | undefined): Requests {
  const requests = objectAt(of, 'resources', 'requests');
  const named = (['cpu', 'memory'] as const).flatMap((name): [ResourceName, number][] => {
    const value = milli(requests?.[name]);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(named);
}

/** Thousandths, rounded up as Kubernetes does. */
function milli(quantity: JsonValue | undefined): number | undefined {
  const nanos = parseQuantity(quantity);
  return nanos === undefined ? undefined : Math.ceil(Number(nanos) / 1e6);
}

function timeAt(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
