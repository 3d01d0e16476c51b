/** What the platform on one machine hands to the controllers that run code. */
import type { Plane } from '../../../src/platform/network/plane.ts';

export interface InstancesOptions {
  readonly plane: Plane;
}

/** Of a Pod: the port of the loopback interface at which its code listens, as controllers/pods writes it. */
export const PORT_ANNOTATION = 'platform.weir.dev/port';
