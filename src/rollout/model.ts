/**
 * A TrafficRollout as it is understood: every text read, every length of time in milliseconds. This folder decides what a
 * rollout does; it talks to nobody, reads no clock, and is wired by controllers/rollout. How it decides:
 * docs/adr/0031-how-a-rollout-decides.md.
 */
import type { Problem, ScalingSchedule } from '../schedule/model.ts';

export interface TrafficRollout {
  readonly namespace: string;
  readonly name: string;
  /** Of the Knative Service, in the same namespace. */
  readonly service: string;
  readonly strategy: Canary | BlueGreen;
  /** Absent: steps go by the clock alone. */
  readonly analysis: Analysis | undefined;
  /** How many pods more than stable's the warm-up of a candidate may ask for. */
  readonly maxSurge: Surge;
  /** In which a Revision has to be Ready, and its pods have to be warm; milliseconds. */
  readonly progressDeadline: number;
  /** By Git: no step while it is true. */
  readonly isPaused: boolean;
  /** Times in which no step is taken. */
  readonly freeze: Freeze | undefined;
}

export interface Canary {
  readonly type: 'canary';
  readonly steps: readonly Step[];
}

export interface Step {
  /** The candidate's share. */
  readonly percent: number;
  readonly pause: Pause;
}

/** Milliseconds, or until a person says so. */
export type Pause = number | 'person';

export interface BlueGreen {
  readonly type: 'blueGreen';
  /** How long the preview stands before it is switched to. */
  readonly autoPromoteAfter: Pause;
  /** How long the old one is kept with its pods after the switch, in milliseconds. */
  readonly keepOld: number;
  readonly smokeTest: SmokeTest | undefined;
}

export type SmokeTest =
  | { readonly type: 'http'; readonly path: string; readonly status: number; readonly timeout: number }
  /** A Job of that CronJob's template. */
  | { readonly type: 'job'; readonly cronJob: string; readonly timeout: number };

export interface Analysis {
  /** Absent: what the platform itself counts. */
  readonly prometheus: { readonly address: string } | undefined;
  /** Milliseconds. */
  readonly interval: number;
  /** So many failed intervals in a row are a failed rollout. */
  readonly failureLimit: number;
  /** Of the candidate, in an interval; with fewer it is inconclusive. */
  readonly minimumRequests: number;
  readonly metrics: readonly Metric[];
}

export const BUILT_IN = ['error-rate', 'p95-latency'] as const;
export type BuiltIn = (typeof BUILT_IN)[number];

export interface Metric {
  readonly name: string;
  /** A share for error-rate, seconds for p95-latency, and whatever the query gives. */
  readonly max: number;
  /** PromQL; absent for what is built in. */
  readonly query: string | undefined;
}

export type Surge = { readonly pods: number } | { readonly percent: number };

/** Windows of a schedule, of which none scales anything. */
export interface Freeze {
  readonly name: string;
  readonly schedule: ScalingSchedule;
}

/** What reading a document gives: the rollout, or everything that is wrong with it. */
export type ReadResult =
  | { readonly rollout: TrafficRollout; readonly problems?: undefined }
  | { readonly rollout?: undefined; readonly problems: readonly Problem[] };
