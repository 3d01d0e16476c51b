/** What the caches keep. Of a Secret that is no login: what it holds is kept as hashes alone, and read when it is copied. */
import { hashOf } from '../../src/guardrails/hash.ts';
import { type JsonObject, type JsonValue, objectAt } from '../../src/kubernetes/json.ts';
import { withoutLastApplied } from '../../src/kubernetes/keep.ts';

const METADATA = ['name', 'namespace', 'uid', 'labels', 'deletionTimestamp'];

/** All but the status, which changes with every pod of a quota. */
export function keepRail({ metadata, status: _, ...rest }: JsonObject): JsonObject {
  return { ...rest, metadata: bare(metadata) };
}

/** Labels, annotations, and whether it is on its way out. */
export function keepNamespace({ apiVersion, kind, metadata, status }: JsonObject): JsonObject {
  const phase = objectAt(status)?.phase;
  return { apiVersion, kind, metadata: bare(metadata), ...(phase === undefined ? {} : { status: { phase } }) };
}

export function keepSecret({ apiVersion, kind, metadata, type, data }: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: bare(metadata), type, data: hashed(objectAt(data) ?? {}) };
}

/** With its version: whoever writes into its list says which list was meant. */
export function keepServiceAccount({ apiVersion, kind, metadata, imagePullSecrets }: JsonObject): JsonObject {
  const resourceVersion = objectAt(metadata)?.resourceVersion;
  const kept = { ...bare(metadata), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { apiVersion, kind, metadata: kept, ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }) };
}

/** A Secret's data, each value as its hash. */
export function hashed(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, hashOf(value ?? null)]));
}

function bare(metadata: JsonValue | undefined): JsonObject {
  const from = objectAt(metadata) ?? {};
  const kept: Record<string, JsonValue | undefined> = {};
  for (const field of METADATA) if (from[field] !== undefined) kept[field] = from[field];
  const annotations = withoutLastApplied(objectAt(from, 'annotations'));
  if (annotations !== undefined) kept.annotations = annotations;
  return kept;
}
