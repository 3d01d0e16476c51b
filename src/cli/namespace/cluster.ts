/** What of a namespace's guard rails is in a cluster, and what would become of it. Reads only. */

import { compareRail, type RailState } from '../../guardrails/compare.ts';
import type { GuardRail } from '../../guardrails/guardRails.ts';
import { GUARD_RAIL_LABEL } from '../../guardrails/marks.ts';
import { isOurs } from '../../guardrails/owner.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { isNotFound } from '../../kubernetes/client/errors.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';
import {
  limitRanges,
  namespaces,
  networkPolicies,
  resourceQuotas,
  roleBindings,
  roles,
} from '../../kubernetes/client/resources.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { labelsOf, referenceTo, titleOf } from '../../kubernetes/object.ts';

export type Change = RailState | 'remove';

export interface Planned {
  readonly change: Change;
  readonly title: string;
  /** JSON pointers to what differs. */
  readonly fields: readonly string[];
}

const RESOURCES: readonly Resource[] = [networkPolicies, roles, roleBindings, limitRanges, resourceQuotas];

/** Undefined where the cluster has no such namespace. */
export async function namespaceIn(client: Client, name: string): Promise<JsonObject | undefined> {
  try {
    return await client.get(namespaces, { name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What the controller would do, in its order; what is not wanted any more comes last. */
export async function plan(client: Client, namespace: string, wanted: readonly GuardRail[]): Promise<Planned[]> {
  const live = new Map<string, JsonObject>();
  for (const resource of RESOURCES) {
    const { items } = await client.list(resource, { namespace });
    for (const item of items) live.set(titleOf(referenceTo(item)), item);
  }
  const planned = wanted.map(({ object }): Planned => {
    const title = titleOf(referenceTo(object));
    const there = live.get(title);
    live.delete(title);
    const { state, fields } = compareRail(object, there);
    return { change: state, title, fields };
  });
  for (const [title, object] of live) {
    if (labelsOf(object)[GUARD_RAIL_LABEL] !== undefined && isOurs(object))
      planned.push({ change: 'remove', title, fields: [] });
  }
  return planned;
}
