/** Brings one part of an environment's sink to what it should be. */
import { hashOf } from '../../src/guardrails/hash.ts';
import { APPLIED } from '../../src/guardrails/marks.ts';
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { labelsOf, referenceTo, titleOf, uidOf } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import { changedBy } from './changes.ts';
import type { Dependencies } from './dependencies.ts';
import { SINK_LABEL } from './resources/labels.ts';
import { tellAbout } from './tell.ts';

export interface Part {
  readonly environment: string;
  readonly resource: Resource;
  readonly object: JsonObject;
}

/**
 * What stands where a part is to be, ours or somebody else's. The server is asked: a cache lags, and what somebody had
 * changed would be repaired without a word.
 */
export async function standing({ resource, object }: Part, { client }: Round): Promise<JsonObject | undefined> {
  const { namespace, name } = referenceTo(object);
  try {
    return await client.get(resource, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function isOurs(object: JsonObject | undefined): boolean {
  return object !== undefined && labelsOf(object)[SINK_LABEL] !== undefined;
}

/**
 * Writes it, and tells what that changed. Applying what is there already changes nothing: what a server fills in beside
 * our fields, it alone knows.
 *
 * @param before ours, or undefined where nothing is there: whoever makes one in this very moment keeps it
 * @throws ApiError 409 where somebody wrote it after that look: undone unseen, their change would be told to nobody
 */
export async function ensure(
  part: Part,
  before: JsonObject | undefined,
  { client }: Round,
  tools: Dependencies,
): Promise<JsonObject> {
  const { environment, resource, object } = part;
  const { namespace, name } = referenceTo(object);
  const body = stamped(object);
  const force = before !== undefined;
  const written = { type: 'apply', body: atVersionOf(before, body) } as const;
  const after = await client.patch(resource, { namespace, name }, written, { force });
  const key = keyOf(resource, environment);
  const change = changeBetween(before ?? (tools.established.has(key) ? 'gone' : 'none'), after, body);
  tools.established.add(key);
  if (change === undefined) return after;
  tools.metrics.wrote(environment, change.is);
  if (change.is !== 'repaired') return after;
  const note = `${titleOf(referenceTo(object))} belongs to the dead-letter sink of ${environment}, and ${change.what}; it is again as the policy says`;
  tellAbout(tools, after, { type: 'Warning', reason: 'DeadLetterSinkRepaired', action: 'Repaired', note });
  return after;
}

type Change = { readonly is: 'made' | 'updated' } | { readonly is: 'repaired'; readonly what: string };

const DELETED: Change = { is: 'repaired', what: 'was deleted' };

/** @param before `gone` for what was there in an earlier round */
function changeBetween(before: JsonObject | 'gone' | 'none', after: JsonObject, body: JsonObject): Change | undefined {
  if (before === 'none') return { is: 'made' };
  // in the last case it went between the look and the write
  if (before === 'gone' || uidOf(before) !== uidOf(after)) return DELETED;
  const fields = changedBy(body, before, after);
  if (fields.length === 0) return undefined;
  if (stampOn(before) !== stampOn(body)) return { is: 'updated' };
  return { is: 'repaired', what: `was changed at ${fields.join(', ')}` };
}

export function keyOf({ plural }: Resource, environment: string): string {
  return `${environment}/${plural}`;
}

/** With a hash of what is wanted: where it is the same and the object differs, somebody changed the object. */
function stamped(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), annotations: { [APPLIED]: hashOf(object) } } };
}

function atVersionOf(before: JsonObject | undefined, body: JsonObject): JsonObject {
  const resourceVersion = stringAt(before, 'metadata', 'resourceVersion');
  if (resourceVersion === undefined) return body;
  return { ...body, metadata: { ...objectAt(body, 'metadata'), resourceVersion } };
}

function stampOn(object: JsonObject): string | undefined {
  return stringAt(object, 'metadata', 'annotations', APPLIED);
}
