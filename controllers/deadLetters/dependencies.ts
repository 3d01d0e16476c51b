/** What a reconcile of an environment's sink works with. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Tools } from '../manager/controller.ts';
import type { SinkMetrics } from './metrics.ts';

export interface Dependencies extends Pick<Tools, 'policies' | 'record' | 'clock'> {
  /** Weir's own; undefined where there is none. */
  namespace(): JsonObject | undefined;
  /** The Deployment of the controllers in this cluster. */
  controller(): JsonObject | undefined;
  /** The parts of sinks, followed by their label. */
  storeOf(resource: Resource): Store;
  readonly metrics: SinkMetrics;
  /** What this process made or found in order, so that what is gone then was taken away by somebody. */
  readonly established: Set<string>;
}
