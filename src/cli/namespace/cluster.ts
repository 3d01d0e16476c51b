/** What of a namespace's guard rails is in a cluster, and what would become of it. Reads only. */

import { drift } from '../../guardrails/drift.ts';
import type { GuardRail } from '../../guardrails/guardRails.ts';
import { GUARD_RAIL_LABEL } from '../../guardrails/marks.ts';
import { isOurs } from '../../guardrails/owner.ts';
import { type Client, clientOver } from '../../kubernetes/client/client.ts';
import { connect } from '../../kubernetes/client/connection.ts';
import { isNotFound } from '../../kubernetes/client/errors.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';
import { systemClock } from '../../kubernetes/clock.ts';
import type { JsonObject } from '../../kubernetes/json.ts';
import { labelsOf, referenceTo, titleOf } from '../../kubernetes/object.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { whyClusterIsUnread } from '../unreadCluster.ts';

/** `overridden`: an object of somebody else stands there; `shared`: theirs, and Weir adds what does not contradict it. */
export type Change = 'make' | 'change' | 'keep' | 'remove' | 'overridden' | 'shared';

export interface Planned {
  readonly change: Change;
  readonly title: string;
  /** JSON pointers to what differs. */
  readonly fields: readonly string[];
}

const RBAC = 'rbac.authorization.k8s.io';
const RESOURCES: readonly Resource[] = [
  { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies', kind: 'NetworkPolicy', isNamespaced: true },
  { group: RBAC, version: 'v1', plural: 'roles', kind: 'Role', isNamespaced: true },
  { group: RBAC, version: 'v1', plural: 'rolebindings', kind: 'RoleBinding', isNamespaced: true },
  { group: '', version: 'v1', plural: 'limitranges', kind: 'LimitRange', isNamespaced: true },
  { group: '', version: 'v1', plural: 'resourcequotas', kind: 'ResourceQuota', isNamespaced: true },
];
const NAMESPACES: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', isNamespaced: false };

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Runs the work with a client, and says what is wrong with the cluster as a sentence. */
export async function withCluster<Value>(
  { kubeconfig, context }: ClusterOptions,
  io: Io,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  try {
    const connection = await connect({
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(context === undefined ? {} : { context }),
      environment: io.env,
      clock: systemClock,
    });
    try {
      return await work(clientOver(connection));
    } finally {
      connection.close();
    }
  } catch (error) {
    const why = whyClusterIsUnread(error);
    if (why !== undefined) throw new Failure(why);
    throw error;
  }
}

/** Undefined where the cluster has no such namespace. */
export async function namespaceIn(client: Client, name: string): Promise<JsonObject | undefined> {
  try {
    return await client.get(NAMESPACES, { name });
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
  const planned = wanted.map(({ object }) => {
    const title = titleOf(referenceTo(object));
    const there = live.get(title);
    live.delete(title);
    return compared(object, title, there);
  });
  for (const [title, object] of live) {
    if (labelsOf(object)[GUARD_RAIL_LABEL] !== undefined && isOurs(object))
      planned.push({ change: 'remove', title, fields: [] });
  }
  return planned;
}

function compared(wanted: JsonObject, title: string, live: JsonObject | undefined): Planned {
  if (live === undefined) return { change: 'make', title, fields: [] };
  if (isOurs(live)) {
    const fields = drift(wanted, live);
    return { change: fields.length === 0 ? 'keep' : 'change', title, fields };
  }
  // labels are added beside theirs; fields of theirs that say something else stand
  const fields = drift(wanted, live).filter((field) => !field.startsWith('/metadata/'));
  return { change: fields.length === 0 ? 'shared' : 'overridden', title, fields };
}
