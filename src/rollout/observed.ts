/** What a decision looks at: the cluster as the controller's caches have it, and answers to what it asked for. */
import type { Freeze } from './model.ts';
import type { TrafficOwner } from './owner.ts';
import type { RolloutStatus } from './status.ts';
import { isSameTraffic, type Target, trafficFor } from './traffic.ts';

export interface Observed {
  /** Undefined where there is none, or it is being deleted. */
  readonly service: ServiceSeen | undefined;
  /** The Route's status.traffic, resolved; undefined where the Route has not taken its newest spec yet. */
  readonly routed: readonly Target[] | undefined;
  /** Those of the Service, by name. */
  readonly revisions: ReadonlyMap<string, RevisionSeen>;
  /** The annotation weir.dev/rollout-command of the TrafficRollout. */
  readonly command: string | undefined;
  readonly analysis: IntervalResult | undefined;
  readonly smokeTest: SmokeResult | undefined;
  /** Who has written spec.traffic again as often as it was put back, so that it is left alone for a while. */
  readonly rival: Rival | undefined;
  readonly policy: PolicySeen;
  /** The autoscaler's, in milliseconds. */
  readonly stableWindow: number;
}

export interface ServiceSeen {
  readonly uid: string;
  readonly generation: number;
  /** Its status.latestCreatedRevisionName; undefined where its status speaks of an earlier generation. */
  readonly latestCreated: string | undefined;
  readonly latestReady: string | undefined;
  /** spec.traffic. */
  readonly traffic: readonly Target[];
  readonly owner: TrafficOwner;
  /** serving.knative.dev/rollout-duration, where it is set and not zero. */
  readonly rolloutDuration: string | undefined;
}

export interface RevisionSeen {
  readonly readiness: 'True' | 'False' | 'Unknown';
  /** Why it is not Ready, in Knative's words. */
  readonly message: string;
  /** The same where what runs is the same (fingerprint.ts). */
  readonly fingerprint: string;
  /** That are ready. */
  readonly pods: number;
  /** Its author's min-scale; 0 where there is none. */
  readonly minScale: number;
  /** Its author's max-scale; undefined where there is none. */
  readonly maxScale: number | undefined;
}

/** What was measured over an interval, as the decision asked (Decision.measure). */
export interface IntervalResult {
  readonly revision: string;
  /** Milliseconds since 1970, as `to`. */
  readonly from: number;
  readonly to: number;
  /** Of the candidate; undefined where nobody could say. */
  readonly requests: number | undefined;
  readonly metrics: readonly MetricResult[];
}

export interface MetricResult {
  readonly name: string;
  readonly value:
    | { readonly type: 'value'; readonly value: number }
    /** There was an answer, without a value in it. */
    | { readonly type: 'none'; readonly message: string }
    /** Nobody answered, or not with what can be read. */
    | { readonly type: 'error'; readonly message: string };
}

export interface SmokeResult {
  readonly revision: string;
  readonly outcome: 'passed' | 'failed' | 'running';
  readonly message: string;
}

export interface Rival {
  readonly who: string;
  /** How often it was put back. */
  readonly times: number;
  /** When it is put back again. */
  readonly until: Date;
}

/** It is not put back at once: somebody writes it as often as the rollout does, and it is not what the status asks for. */
export function isLeftAlone(status: RolloutStatus, { service, rival }: Observed): boolean {
  if (rival === undefined || service === undefined || service.owner.kind === 'ours') return false;
  const wanted = trafficFor(status);
  return wanted === undefined || !isSameTraffic(wanted, service.traffic);
}

export interface PolicySeen {
  /** The largest min-scale that the environment allows. */
  readonly mostPods: number | undefined;
  readonly freezes: readonly Freeze[];
}
