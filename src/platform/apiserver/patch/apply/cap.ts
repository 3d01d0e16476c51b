/** How many updaters an object tells apart (k8s.io/apimachinery pkg/util/managedfields/internal/capmanagers.go). */
import { compareText } from '../fields/order.ts';
import { identityText, type Managed, type Owned } from './managed.ts';

const MOST_UPDATERS = 10;

/** The oldest updaters beyond the tenth become one, `ancient-changes`, for each version. */
export function capped({ fields, times }: Managed): Managed {
  const updaters = [...fields].filter(([, { isApplied }]) => !isApplied).map(([owner]) => owner);
  if (updaters.length <= MOST_UPDATERS) return { fields, times };

  updaters.sort(
    (left, right) => compareText(times.get(left) ?? '', times.get(right) ?? '') || compareText(left, right),
  );
  const kept = new Map(fields);
  const moved = new Map(times);
  const firstOf = new Map<string, string>();
  let left = updaters.length;
  for (const owner of updaters) {
    if (left <= MOST_UPDATERS) break;
    const owned = fields.get(owner);
    if (owned === undefined) continue;
    const { apiVersion } = owned;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, owner);
      continue;
    }
    const bucket = identityText({ manager: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' });
    mergeInto(kept, bucket, first, owner);
    left--;
    const time = times.get(owner);
    if (time !== undefined) moved.set(bucket, time);
  }
  return { fields: kept, times: moved };
}

function mergeInto(owners: Map<string, Owned>, bucket: string, first: string, owner: string): void {
  if (!owners.has(bucket)) {
    const set = owners.get(first);
    owners.delete(first);
    if (set !== undefined) owners.set(bucket, set);
  }
  const old = owners.get(bucket);
  const own = owners.get(owner);
  if (old === undefined || own === undefined) return;
  owners.delete(owner);
  owners.set(bucket, { ...own, set: own.set.union(old.set) });
}
