/** The words of a simulation. Times in seconds unless they say otherwise. */
import type { AutoscalerSettings } from '../knative/autoscaler/settings.ts';

export interface Traffic {
  /** When the first second is, in milliseconds since 1970; 0 where the recording counts from its begin. */
  readonly begin: number;
  /** Requests of each second. */
  readonly rates: Float64Array;
}

export interface Workload {
  readonly settings: AutoscalerSettings;
  /** Requests at once that a pod takes; 0 means any number. */
  readonly containerConcurrency: number;
  /** How long the code takes for a request. */
  readonly requestTime: number;
  /** From a pod's creation until it is ready. */
  readonly startTime: number;
}

/** One value a second each. */
export interface Timeline {
  readonly wanted: Float64Array;
  readonly ready: Float64Array;
  /** Pods that are there, also those that are still starting. */
  readonly pods: Float64Array;
  /** Requests that no pod has taken yet. */
  readonly waiting: Float64Array;
}

export interface Totals {
  readonly requests: number;
  /** Requests that no pod could take in the second in which they came. */
  readonly waited: number;
  /** The longest that a request waited. */
  readonly longestWait: number;
  /** How often the first pod had to be started for a request. */
  readonly coldStarts: number;
  readonly mostPods: number;
  readonly podHours: number;
  /** Seconds in panic mode. */
  readonly panic: number;
  /** Requests that still waited at the end. */
  readonly left: number;
}

export interface Simulation extends Timeline {
  readonly totals: Totals;
}
