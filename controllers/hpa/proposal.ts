/**
 * How many Pods one metric asks for: the ratio of what is used to what should be, with what is not known taken for the
 * cautious side (k8s.io/kubernetes pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go, 1.36).
 * No I/O. Usage and requests are in thousandths: of a CPU, or of a byte.
 */
import { groupPods, type Metrics, type PodMetric, type PodSeen, requestOf } from './pods.ts';

export type ResourceName = 'cpu' | 'memory';

export interface Target {
  readonly resource: ResourceName;
  /** One container of each Pod; undefined takes all of them. */
  readonly container?: string;
  /** What is used in percent of what is requested, or on average by each Pod. */
  readonly wants: { readonly percent: number } | { readonly average: number };
}

/** How far the ratio may be from 1 with nothing done. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

export interface Situation {
  readonly pods: readonly PodSeen[];
  /** Of the target's resource, by the names of Pods. */
  readonly metrics: Metrics;
  /** Pods that there are to be as of now. */
  readonly replicas: number;
  readonly tolerances: Tolerances;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Proposal {
  readonly replicas: number;
  /** What the Pods use on average. */
  readonly average: number;
  /** The same in percent of what they request, where the target is. */
  readonly percent?: number;
}

/** Why a metric says nothing, in Kubernetes' words. */
export class MetricProblem extends Error {}

/** @throws MetricProblem */
export function propose(target: Target, situation: Situation): Proposal {
  const { pods, replicas, tolerances, now } = situation;
  const { resource } = target;
  if (situation.metrics.size === 0) {
    throw new MetricProblem(
      `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`,
    );
  }
  if (pods.length === 0) throw new MetricProblem('no pods returned by selector while calculating replica count');
  const metrics = new Map(situation.metrics);
  const { readyCount, unready, missing, ignored } = groupPods(pods, metrics, resource, now);
  for (const name of [...ignored, ...unready]) metrics.delete(name);
  if (metrics.size === 0) {
    throw new MetricProblem('did not receive metrics for targeted pods (pods might be unready)');
  }
  const measure = measureOf(target, pods);
  const { ratio, ...used } = measure.use(metrics);
  const isHeldByUnready = unready.size > 0 && ratio > 1;
  if (!isHeldByUnready && missing.size === 0) {
    if (isWithin(tolerances, ratio)) return { replicas, ...used };
    return { replicas: Math.ceil(ratio * readyCount), ...used };
  }

  // those of which nothing is known are taken for idle on the way up, and for busy on the way down
  for (const name of ratio === 1 ? [] : missing) metrics.set(name, metricOf(ratio > 1 ? 0 : measure.full(name)));
  if (isHeldByUnready) for (const name of unready) metrics.set(name, metricOf(0));
  const cautious = measure.use(metrics).ratio;
  if (isWithin(tolerances, cautious) || turns(ratio, cautious)) return { replicas, ...used };
  const proposed = Math.ceil(cautious * metrics.size);
  return { replicas: turns(cautious, proposed / replicas) ? replicas : proposed, ...used };
}

/** One says fewer Pods, and the other more. */
function turns(first: number, second: number): boolean {
  return (first < 1 && second > 1) || (first > 1 && second < 1);
}

interface Measure {
  use(metrics: Metrics): { readonly ratio: number; readonly average: number; readonly percent?: number };
  /** What a Pod uses that is as busy as it should be. */
  full(name: string): number;
}

function measureOf({ wants, resource, container }: Target, pods: readonly PodSeen[]): Measure {
  if ('average' in wants) {
    const { average: wanted } = wants;
    return {
      use(metrics) {
        const average = Math.trunc(sum(metrics.values()) / metrics.size);
        return { ratio: average / wanted, average };
      },
      full: () => wanted,
    };
  }
  const { percent: wanted } = wants;
  const requests = new Map(pods.map((pod) => [pod.name, requested(pod, resource, container)]));
  return {
    use: (metrics) => utilization(metrics, requests, wanted),
    full: (name) => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, wanted)) / 100),
  };
}

function utilization(metrics: Metrics, requests: ReadonlyMap<string, number>, wanted: number) {
  const known = [...metrics].filter(([name]) => requests.has(name));
  const used = sum(known.map(([, metric]) => metric));
  const asked = known.reduce((total, [name]) => total + (requests.get(name) ?? 0), 0);
  if (asked === 0) throw new MetricProblem('no metrics returned matched known pods');
  const percent = Number((BigInt(used) * 100n) / BigInt(asked));
  return { ratio: percent / wanted, average: Math.trunc(used / known.length), percent };
}

function requested(pod: PodSeen, resource: ResourceName, container: string | undefined): number {
  const request = requestOf(pod, resource, container);
  if (typeof request === 'string') throw new MetricProblem(request);
  return request;
}

function isWithin({ up, down }: Tolerances, ratio: number): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

function sum(metrics: Iterable<PodMetric>): number {
  let total = 0;
  for (const { value } of metrics) total += value;
  return total;
}

function metricOf(value: number): PodMetric {
  return { value, at: 0, windowMs: 0 };
}
