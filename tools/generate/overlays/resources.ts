/** As what a webhook registers for the kinds that Weir judges. */
import { removedKinds } from '../../../src/knative/eventing/legacy.ts';
import type { Kind } from '../../../src/kubernetes/kinds.ts';
import { type ServedKind, servedAs } from '../../../src/kubernetes/served.ts';

export type Resource = ServedKind;

/** Rules know kinds that no API server serves any more, so that `weir check` can say what came after them. */
const REMOVED: ReadonlySet<string> = new Set([...removedKinds.map(({ key }) => key), 'keda.k8s.io/ScaledObject']);

/**
 * What no webhook of Weir's may stand before: a pod has to start, and a node to renew its lease, whatever becomes of Weir.
 * A policy's own rule for them counts in `weir check`, and not at the API.
 */
const NEVER: ReadonlySet<string> = new Set(['Pod', 'Node', 'coordination.k8s.io/Lease']);

/** The resource of a kind; undefined where no API server serves the kind any more, or where no webhook may stand. */
export function resourceOf(kind: Kind): Resource | undefined {
  if (REMOVED.has(kind.key) || NEVER.has(kind.key)) return undefined;
  const resource = servedAs(kind);
  if (resource !== undefined) return resource;
  throw new Error(`as what an API server serves ${kind.key} is not known; add it to src/kubernetes/served.ts`);
}
