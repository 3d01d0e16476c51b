/** Who wants to know what passes: metrics are made elsewhere. */
import type { RevisionKey } from './plane.ts';

/** One request that is over, however it ended. */
export interface RequestSeen {
  readonly revision: RevisionKey;
  /** Of the answer; 499 where the client hung up before there was one. */
  readonly status: number;
  /** From its head until its answer's end. */
  readonly milliseconds: number;
  /** Of those, until an instance had it. */
  readonly waitedMilliseconds: number;
  /** It went through the activator. */
  readonly isProxied: boolean;
  /** It came when no instance was there: what it waited is the time of a cold start. */
  readonly isColdStart: boolean;
}

export interface PlaneObserver {
  onRequest(seen: RequestSeen): void;
}

export const NOBODY: PlaneObserver = { onRequest: () => {} };

/** How it stands with one Revision, for gauges. */
export interface RevisionState {
  readonly revision: RevisionKey;
  /** In the activator. */
  readonly waiting: number;
  /** In the queues of instances. */
  readonly queued: number;
  /** In instances. */
  readonly active: number;
  readonly instances: number;
}
