import { type Kind, resourceOf } from './kind.ts';
import { CLUSTER_KINDS } from './kinds/cluster.ts';
import { CORE_KINDS } from './kinds/core.ts';
import { WORKLOAD_KINDS } from './kinds/workloads.ts';
import type { Resource } from './resource.ts';
import { schemaOfKind } from './schemaWork.ts';

export const KINDS: readonly Kind[] = [...CORE_KINDS, ...WORKLOAD_KINDS, ...CLUSTER_KINDS];

/** The resources of Kubernetes' own groups that are served here. docs/platform.md says which are not. */
export function builtinResources(): Resource[] {
  return KINDS.map((kind) => resourceOf(kind, () => schemaOfKind(kind.group, kind.version, kind.kind)));
}
