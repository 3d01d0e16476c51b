/** As what an API server serves a kind of which only group and name are known. */

import { stringAt } from '../json.ts';
import type { Kind } from '../kinds.ts';
import type { Client } from './client.ts';
import { discoveryOf } from './discovery.ts';
import { isNotFound } from './errors.ts';
import type { Resource } from './resource.ts';

/** In the group's preferred version; undefined where the server has no such kind. */
export async function resourceInGroup(client: Client, { group, kind }: Kind): Promise<Resource | undefined> {
  const version = group === '' ? 'v1' : await preferredVersion(client, group);
  return version === undefined ? undefined : discoveryOf(client)(version, kind);
}

async function preferredVersion(client: Client, group: string): Promise<string | undefined> {
  try {
    const answer = await client.read(`/apis/${encodeURIComponent(group)}`);
    return stringAt(answer, 'preferredVersion', 'groupVersion');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
