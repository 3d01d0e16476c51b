/** What the platform on one machine hands to the controllers that run code. */
import type { PlaneObserver, RevisionState } from '../../../src/platform/network/observer.ts';
import type { Plane } from '../../../src/platform/network/plane.ts';
import type { Pods } from '../../pods/door.ts';

export interface InstancesOptions {
  readonly plane: Plane;
  /** What runs Pods, where it is in this process: it knows what is ready before a Pod's status is written. */
  readonly pods?: Pods;
  /** How it stands with each Revision on the way of requests, for metrics. */
  states?(): readonly RevisionState[];
  /** Lends what wants to hear of requests that are over; the same one again is no second one. */
  observe?(observer: PlaneObserver): void;
  /** The node that new Pods are made for; unless given, somebody else binds them. */
  readonly nodeName?: string;
}
