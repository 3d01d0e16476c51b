/**
 * Pods as the algorithm sees them: whose metrics count, and what they request (k8s.io/kubernetes
 * pkg/controller/podautoscaler/replica_calculator.go, groupPods and calculateRequests). Times are milliseconds since 1970.
 */
import type { ResourceName } from './proposal.ts';

export interface PodSeen {
  readonly name: string;
  readonly phase: string;
  readonly isBeingDeleted: boolean;
  readonly startTime: number | undefined;
  /** Its condition Ready. */
  readonly ready: { readonly status: string; readonly changed: number } | undefined;
  /** Of the whole Pod, where it says so; in thousandths. */
  readonly requests: Requests;
  /** Those that stay for the Pod's life. */
  readonly containers: readonly { readonly name: string; readonly requests: Requests }[];
}

export type Requests = Readonly<Partial<Record<ResourceName, number>>>;

export interface PodMetric {
  /** In thousandths. */
  readonly value: number;
  readonly at: number;
  /** The time before `at` that it speaks of. */
  readonly windowMs: number;
}

export type Metrics = ReadonlyMap<string, PodMetric>;

/** kube-controller-manager's defaults (pkg/controller/podautoscaler/config/v1alpha1/defaults.go). */
const CPU_INITIALIZATION_MS = 5 * 60_000;
const INITIAL_READINESS_DELAY_MS = 30_000;

export interface Groups {
  /** Pods whose metric counts. */
  readonly readyCount: number;
  readonly unready: ReadonlySet<string>;
  /** They run, and nothing is known of what they use. */
  readonly missing: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

export function groupPods(pods: readonly PodSeen[], metrics: Metrics, resource: ResourceName, now: number): Groups {
  const unready = new Set<string>();
  const missing = new Set<string>();
  const ignored = new Set<string>();
  let readyCount = 0;
  for (const pod of pods) {
    const metric = metrics.get(pod.name);
    if (pod.isBeingDeleted || pod.phase === 'Failed') ignored.add(pod.name);
    else if (pod.phase === 'Pending') unready.add(pod.name);
    else if (metric === undefined) missing.add(pod.name);
    // what a start takes of CPU says nothing of the load
    else if (resource === 'cpu' && isStarting(pod, metric, now)) unready.add(pod.name);
    else readyCount++;
  }
  return { readyCount, unready, missing, ignored };
}

function isStarting({ ready, startTime }: PodSeen, metric: PodMetric, now: number): boolean {
  if (ready === undefined || startTime === undefined) return true;
  const isNotReady = ready.status === 'False';
  if (startTime + CPU_INITIALIZATION_MS > now) return isNotReady || metric.at < ready.changed + metric.windowMs;
  // one that never was ready since it began
  return isNotReady && startTime + INITIAL_READINESS_DELAY_MS > ready.changed;
}

/** In thousandths, or a sentence that says which container names none. */
export function requestOf(pod: PodSeen, resource: ResourceName, container: string | undefined): number | string {
  const ofPod = pod.requests[resource];
  if (ofPod !== undefined && container === undefined) return ofPod;
  let total = 0;
  for (const { name, requests } of pod.containers) {
    if (container !== undefined && container !== name) continue;
    const request = requests[resource];
    if (request === undefined) return `missing request for ${resource} in container ${name} of Pod ${pod.name}`;
    total += request;
    if (container === name) return total;
  }
  return container === undefined ? total : `container ${container} not found in Pod ${pod.name}`;
}
