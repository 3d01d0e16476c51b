/** What a reconcile of a namespace works with. */
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { Store } from '../../src/kubernetes/client/store.ts';
import type { Tools } from '../manager/controller.ts';
import type { GuardRailMetrics } from './metrics.ts';

export interface Dependencies extends Pick<Tools, 'policies' | 'record' | 'announce'> {
  readonly namespaces: Store;
  /** The guard rails of a resource that is followed by its label. */
  storeOf(resource: Resource): Store;
  /** Every Secret of the name; undefined until they were listed. */
  secretsNamed(name: string): Store | undefined;
  /** The names that any policy has, retired ones among them, or had since the process started. */
  secretNames(): readonly string[];
  /** Every ServiceAccount of the name; undefined until they were listed. */
  accountsNamed(name: string): Store | undefined;
  readonly metrics: GuardRailMetrics;
  /** What this process made or found in order, so that what is gone then was taken away by somebody. */
  readonly established: Set<string>;
}
