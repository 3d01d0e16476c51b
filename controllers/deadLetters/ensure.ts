/** Brings one part of an environment's sink to what it should be. */
import { hashOf } from '../../src/guardrails/hash.ts';
import { APPLIED } from '../../src/guardrails/marks.ts';
import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { type JsonObject, objectAt, stringAt } from '../../src/kubernetes/json.ts';
import { labelsOf, referenceTo, titleOf } from '../../src/kubernetes/object.ts';
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
  const after = await client.patch(resource, { namespace, name }, { type: 'apply', body }, { force });
  const key = keyOf(resource, environment);
  const isGone = before === undefined && tools.established.has(key);
  tools.established.add(key);

  if (before === undefined && !isGone) {
    tools.metrics.wrote(environment, 'made');
    return after;
  }
  const fields = before === undefined ? undefined : changedBy(body, before, after);
  if (fields?.length === 0) return after;
  if (before !== undefined && stampOn(before) !== stampOn(body)) {
    tools.metrics.wrote(environment, 'updated');
    return after;
  }
  const what = fields === undefined ? 'was deleted' : `was changed at ${fields.join(', ')}`;
  const note = `${titleOf(referenceTo(object))} belongs to the dead-letter sink of ${environment}, and ${what}; it is again as the policy says`;
  tellAbout(tools, after, { type: 'Warning', reason: 'DeadLetterSinkRepaired', action: 'Repaired', note });
  tools.metrics.wrote(environment, 'repaired');
  return after;
}

export function keyOf({ plural }: Resource, environment: string): string {
  return `${environment}/${plural}`;
}

/** With a hash of what is wanted: where it is the same and the object differs, somebody changed the object. */
function stamped(object: JsonObject): JsonObject {
  return { ...object, metadata: { ...objectAt(object, 'metadata'), annotations: { [APPLIED]: hashOf(object) } } };
}

function stampOn(object: JsonObject): string | undefined {
  return stringAt(object, 'metadata', 'annotations', APPLIED);
}
