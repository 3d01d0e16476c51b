/** Takes a guard rail away that the policy does not want any more. */

import { GUARD_RAIL_LABEL } from '../../src/guardrails/marks.ts';
import { adopterOf, asReleased, wasMadeByUs } from '../../src/guardrails/owner.ts';
import { isConflict, isNotFound } from '../../src/kubernetes/client/errors.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { labelsOf, referenceTo } from '../../src/kubernetes/object.ts';
import type { Round } from '../manager/controller.ts';
import type { Dependencies } from './dependencies.ts';
import { keyOf, liveOf } from './ensure.ts';
import type { Place } from './tell.ts';

/**
 * Deletes what Weir made; of what a team had before, gives back the fields alone that Weir added. The marks on it may be
 * somebody else's: the server knows who wrote them, and what it never had from Weir is left alone.
 */
export async function remove(
  resource: Resource,
  object: JsonObject,
  { environment }: Place,
  { client }: Round,
  { metrics, established }: Dependencies,
): Promise<'removed' | 'released' | undefined> {
  const { namespace, name } = referenceTo(object);
  const section = String(labelsOf(object)[GUARD_RAIL_LABEL] ?? '');
  established.delete(keyOf(resource, object));
  const live = await liveOf(client, resource, object);
  if (live !== undefined && !wasMadeByUs(live)) {
    const fieldManager = adopterOf(live);
    if (fieldManager === undefined) return undefined;
    const body = asReleased(object);
    await client.patch(resource, { namespace, name }, { type: 'apply', body }, { force: true, fieldManager });
    metrics.wrote(environment, section, 'released');
    return 'released';
  }
  const uid = stringAt(object, 'metadata', 'uid');
  try {
    await client.delete(resource, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
  } catch (error) {
    // gone already, or another of its name by now, which the next round sees
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
  metrics.wrote(environment, section, 'removed');
  return 'removed';
}
