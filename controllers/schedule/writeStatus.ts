import { isNotFound } from '../../src/kubernetes/client/errors.ts';
import { equals, type JsonObject, stringAt } from '../../src/kubernetes/json.ts';
import { scalingSchedules } from '../../src/schedule/resource.ts';
import type { Round } from '../manager/controller.ts';

/**
 * Writes a schedule's status as a whole, where it differs and where the schedule is still the one that was looked at.
 *
 * @returns the schedule as it is then
 */
export async function writeStatus(schedule: JsonObject, status: JsonObject, { client }: Round): Promise<JsonObject> {
  if (equals(schedule.status, status)) return schedule;
  const place = {
    namespace: stringAt(schedule, 'metadata', 'namespace') ?? '',
    name: stringAt(schedule, 'metadata', 'name') ?? '',
    subresource: 'status',
  };
  const resourceVersion = stringAt(schedule, 'metadata', 'resourceVersion') ?? '';
  const body = [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/status', value: status },
  ];
  try {
    return await client.patch(scalingSchedules, place, { type: 'json', body });
  } catch (error) {
    // deleted meanwhile: what it held is put back by the round that its deletion asks for
    if (isNotFound(error)) return schedule;
    throw error;
  }
}
