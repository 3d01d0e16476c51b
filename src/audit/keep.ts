/** What an audit keeps of an object: what rules read, who it is, and when it was made. */
import { type JsonObject, type JsonValue, objectAt } from '../kubernetes/json.ts';
import { type Keep, withoutLastApplied } from '../kubernetes/keep.ts';

const METADATA = ['name', 'namespace', 'uid', 'labels', 'ownerReferences', 'creationTimestamp', 'deletionTimestamp'];

/**
 * All but the status and what changes with every write: a change of these changes no verdict. The uid stays, by which a
 * rule tells an object of a cluster from a manifest, and by which a report names it.
 */
export const audited: Keep = ({ metadata, status: _, ...rest }: JsonObject): JsonObject => {
  const from = objectAt(metadata) ?? {};
  const kept: Record<string, JsonValue | undefined> = {};
  for (const field of METADATA) if (from[field] !== undefined) kept[field] = from[field];
  const annotations = withoutLastApplied(objectAt(from, 'annotations'));
  if (annotations !== undefined) kept.annotations = annotations;
  return { ...rest, metadata: kept };
};
