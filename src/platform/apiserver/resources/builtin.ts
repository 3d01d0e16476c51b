import { type Kind, resourceOf } from './kind.ts';
import { CLUSTER_KINDS } from './kinds/cluster.ts';
import { coreKinds } from './kinds/core.ts';
import { WORKLOAD_KINDS } from './kinds/workloads.ts';
import type { Resource } from './resource.ts';
import { type Addresses, NOTHING_TAKEN } from './rules/addresses.ts';
import { schemaOfKind } from './schemaWork.ts';

/**
 * The resources of Kubernetes' own groups that are served here. docs/platform.md says which are not.
 *
 * @param addresses for Services
 */
export function builtinResources(addresses: Addresses = NOTHING_TAKEN): Resource[] {
  return kindsWith(addresses).map((kind) => resourceOf(kind, () => schemaOfKind(kind.group, kind.version, kind.kind)));
}

function kindsWith(addresses: Addresses): readonly Kind[] {
  return [...coreKinds(addresses), ...WORKLOAD_KINDS, ...CLUSTER_KINDS];
}
