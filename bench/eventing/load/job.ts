/** What the load is asked to do, and what it says of it: both cross between processes as lines of JSON. */

export interface Job {
  /** Of the ingress. */
  readonly port: number;
  /** Deliveries that each event has. */
  readonly triggers: number;
  readonly pace: Pace;
}

/**
 * Closed: so many events are under way, each until its 202 and all of its deliveries are there, and then the next one
 * begins. Open: one event comes each so often, whatever became of those before.
 */
export type Pace =
  | { readonly loop: 'closed'; readonly underWay: number; readonly until: Until }
  | { readonly loop: 'open'; readonly rate: number; readonly until: Until };

/** Whichever is given. */
export type Until = { readonly seconds: number } | { readonly events: number };

export interface Outcome {
  readonly events: number;
  readonly deliveries: number;
  /** That an event had beyond one for each Trigger. */
  readonly duplicates: number;
  readonly seconds: number;
  /** Milliseconds from when the event was to be sent until all of it was with a subscriber. */
  readonly p50: number;
  readonly p99: number;
  /** Of the load's own CPU time over the time that passed: near 1, it is the load that is measured. */
  readonly busy: number;
}
