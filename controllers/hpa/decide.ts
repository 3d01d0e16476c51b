/**
 * One look at one HorizontalPodAutoscaler: how many Pods there are to be, and what its status says of that
 * (k8s.io/kubernetes pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler, 1.36). No I/O.
 */
import { arrayAt, isObject, type JsonObject, numberAt, stringAt } from '../../src/kubernetes/json.ts';
import { formatCpu, formatMemory } from '../../src/kubernetes/quantity.ts';
import { timeText } from '../../src/kubernetes/time.ts';
import { type Memory, normalize, type Said } from './normalize.ts';
import type { Metrics, PodSeen } from './pods.ts';
import { MetricProblem, type Proposal, propose, type ResourceName, type Target } from './proposal.ts';
import type { Metric, Spec } from './read.ts';

export interface Scale {
  /** Pods that there are to be as of now. */
  readonly replicas: number;
  readonly pods: readonly PodSeen[];
  /** What is known of their use, of a container where one is named. */
  metricsOf(resource: ResourceName, container: string | undefined): Metrics;
}

export interface Decision {
  /** Pods that there are to be; undefined where that could not be told, and nothing changes. */
  readonly replicas: number | undefined;
  /** Why it changes, as its Event says it; undefined where it does not. */
  readonly reason: string | undefined;
  readonly conditions: readonly Condition[];
  /** Of status.currentMetrics. */
  readonly metrics: readonly JsonObject[];
  /** Why a metric could not be told, for an Event. */
  readonly problems: readonly Said[];
}

export interface Condition extends Said {
  readonly type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
  readonly status: 'True' | 'False';
}

const GOT_SCALE: Condition = {
  type: 'AbleToScale',
  status: 'True',
  reason: 'SucceededGetScale',
  message: "the HPA controller was able to get the target's current scale",
};
const DISABLED: Condition = {
  type: 'ScalingActive',
  status: 'False',
  reason: 'ScalingDisabled',
  message: 'scaling is disabled since the replica count of the target is zero',
};

export function decide(spec: Spec, scale: Scale, memory: Memory, now: number): Decision {
  const { replicas: current } = scale;
  const nothing = { metrics: [], problems: [] };
  if (current === 0) return { replicas: 0, reason: undefined, conditions: [GOT_SCALE, DISABLED], ...nothing };
  if (current > spec.max) {
    return { ...nothing, ...rescaled(spec.max, 'Current number of replicas above Spec.MaxReplicas', []) };
  }
  if (current < spec.min) {
    return { ...nothing, ...rescaled(spec.min, 'Current number of replicas below Spec.MinReplicas', []) };
  }

  const wish = wishOf(spec, scale, now);
  const { metrics, problems } = wish;
  if (wish.replicas === undefined) {
    const conditions = wish.active === undefined ? [GOT_SCALE] : [GOT_SCALE, wish.active];
    return { replicas: undefined, reason: undefined, conditions, metrics, problems };
  }
  const { min, max } = spec;
  const normalized = normalize({ current, desired: wish.replicas, min, max }, spec.behavior, memory, now);
  const { isLimited, ...limited } = normalized.limited;
  const conditions: Condition[] = [
    { type: 'AbleToScale', status: 'True', ...normalized.able },
    wish.active,
    { type: 'ScalingLimited', status: isLimited ? 'True' : 'False', ...limited },
  ];
  if (normalized.replicas === current) return { replicas: current, reason: undefined, conditions, metrics, problems };
  const reason = wish.replicas > current ? `${wish.name} above target` : 'All metrics below target';
  return { metrics, problems, ...rescaled(normalized.replicas, reason, conditions.slice(1)) };
}

function rescaled(replicas: number, reason: string, rest: readonly Condition[]) {
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  const able: Condition = { type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message };
  return { replicas, reason, conditions: [able, ...rest] };
}

interface Told {
  readonly metrics: readonly JsonObject[];
  readonly problems: readonly Said[];
}

type Wish = Told &
  (
    | { readonly replicas: number; readonly name: string; readonly active: Condition }
    | { readonly replicas: undefined; readonly active: Condition | undefined }
  );

/** The most that a metric asks for. Where one says nothing, the others may send it up and not down. */
function wishOf({ metrics, tolerances }: Spec, scale: Scale, now: number): Wish {
  const statuses: JsonObject[] = [];
  const problems: Said[] = [];
  let best: { readonly replicas: number; readonly name: string } | undefined;
  for (const metric of metrics) {
    try {
      const target = targetOf(metric);
      const used = scale.metricsOf(target.resource, target.container);
      const { replicas, pods } = scale;
      const proposal = propose(target, { pods, metrics: used, replicas, tolerances, now });
      statuses.push(metricStatus(metric, target, proposal));
      if (best === undefined || proposal.replicas > best.replicas) {
        best = { replicas: proposal.replicas, name: nameOfMetric(metric, target) };
      }
    } catch (error) {
      if (!(error instanceof MetricProblem)) throw error;
      statuses.push({ type: '' });
      problems.push({ reason: `FailedGet${metric.type}Metric`, message: sentenceOf(metric, error) });
    }
  }
  const told = { metrics: statuses, problems };
  const [first] = problems;
  if (best === undefined || (first !== undefined && best.replicas < scale.replicas)) {
    const message = `the HPA was unable to compute the replica count: ${first?.message ?? ''}`;
    const active: Condition | undefined =
      first === undefined ? undefined : { type: 'ScalingActive', status: 'False', reason: first.reason, message };
    return { ...told, replicas: undefined, active };
  }
  const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
  return { ...told, ...best, active: { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message } };
}

function targetOf(metric: Metric): Target {
  if (metric.target !== undefined) return metric.target;
  throw new MetricProblem(
    `unable to get metric ${metric.name}: this platform measures cpu and memory alone, and has no API of other metrics`,
  );
}

function sentenceOf({ target }: Metric, { message }: MetricProblem): string {
  if (target === undefined) return message;
  return `failed to get ${target.resource} ${'percent' in target.wants ? 'utilization' : 'usage'}: ${message}`;
}

function nameOfMetric({ type }: Metric, { resource, wants }: Target): string {
  if ('average' in wants) return `${resource} resource`;
  const container = type === 'ContainerResource' ? 'container ' : '';
  return `${resource} ${container}resource utilization (percentage of request)`;
}

function metricStatus({ type }: Metric, { resource, container }: Target, { average, percent }: Proposal): JsonObject {
  const nanos = BigInt(average) * 1_000_000n;
  const current = {
    ...(percent === undefined ? {} : { averageUtilization: percent }),
    averageValue: resource === 'cpu' ? formatCpu(nanos) : formatMemory(nanos),
  };
  if (type === 'ContainerResource') {
    return { type, containerResource: { name: resource, container: container ?? '', current } };
  }
  return { type, resource: { name: resource, current } };
}

/** The whole status; what is null is not there. @param current Pods that there were to be until now */
export function statusOf(autoscaler: JsonObject, current: number, decision: Decision, at: Date): JsonObject {
  const before = arrayAt(autoscaler, 'status', 'conditions').filter(isObject);
  const desired = decision.replicas ?? numberAt(autoscaler, 'status', 'desiredReplicas') ?? 0;
  const last = stringAt(autoscaler, 'status', 'lastScaleTime') ?? null;
  const kept = before.filter(({ type }) => !decision.conditions.some((each) => each.type === type));
  const conditions = decision.conditions.map(({ type, status, reason, message }) => {
    const known = before.find((each) => each.type === type);
    const isSame = known?.status === status;
    const lastTransitionTime = (isSame ? stringAt(known, 'lastTransitionTime') : undefined) ?? timeText(at);
    return { type, status, lastTransitionTime, reason, message };
  });
  return {
    currentReplicas: current,
    desiredReplicas: desired,
    lastScaleTime: decision.reason === undefined ? last : timeText(at),
    currentMetrics: decision.metrics.length === 0 ? null : [...decision.metrics],
    conditions: [...conditions, ...kept],
  };
}
