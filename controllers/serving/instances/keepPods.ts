/** Makes and deletes Pods of one Revision until there are as many as there should be. */

import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError, isNotFound, sentenceOf } from '../../../src/kubernetes/client/errors.ts';
import { pods } from '../../../src/kubernetes/client/resources.ts';
import { nameSuffix } from '../../../src/kubernetes/names.ts';
import type { Plane } from '../../../src/platform/network/plane.ts';
import { namespaceOf } from '../read.ts';
import { makePod } from '../resources/pod.ts';
import type { Entry } from './entry.ts';
import { inOrderOfLeaving, type PodView } from './pods.ts';
import { timeoutSecondsOf } from './says.ts';

export interface KeepTools {
  readonly client: Client;
  readonly plane: Pick<Plane, 'drained'>;
  readonly nodeName: string | undefined;
  readonly random: () => number;
  /** Called when a Pod has no request any more: it is to be looked at again. */
  onDrained(): void;
}

/** By a quota, a webhook, or since a Pod may not be so. */
const REFUSED = new Set([400, 403, 422]);
/** So many Pods are made side by side. */
const AT_ONCE = 10;

/** Level-based: what is there now counts, and what is on its way out already goes on. */
export async function keepPods(entry: Entry, tools: KeepTools): Promise<void> {
  for (const view of entry.ended) await remove(entry, view, tools);
  const { live } = entry;
  const missing = entry.run.replicas - live.length;
  if (missing >= 0) {
    for (const { uid } of live) if (entry.leaving.get(uid) !== 'deleted') entry.leaving.delete(uid);
    for (let left = missing; left > 0; left -= AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => create(entry, tools)));
    }
    return;
  }

  const order = inOrderOfLeaving(live, (uid) => entry.leaving.has(uid));
  const goes = order.slice(0, -missing);
  for (const { uid } of order.slice(-missing)) entry.leaving.delete(uid);
  for (const view of goes) {
    const how = entry.leaving.get(view.uid);
    if (how === 'drained' || !view.isReady) await remove(entry, view, tools);
    else if (how === undefined) drain(entry, view, tools);
  }
}

/** In the background: it takes as long as the requests do. */
function drain(entry: Entry, { uid }: PodView, { plane, onDrained }: KeepTools): void {
  entry.leaving.set(uid, 'draining');
  void plane.drained(entry.key, uid, timeoutSecondsOf(entry.revision) * 1000).then(() => {
    // meanwhile it may have been called back
    if (entry.leaving.get(uid) !== 'draining') return;
    entry.leaving.set(uid, 'drained');
    onDrained();
  });
}

async function remove(entry: Entry, { uid, name }: PodView, { client }: KeepTools): Promise<void> {
  entry.leaving.set(uid, 'deleted');
  try {
    const namespace = namespaceOf(entry.revision);
    await client.delete(pods, { namespace, name }, { preconditions: { uid } });
  } catch (error) {
    if (isNotFound(error)) return;
    entry.leaving.set(uid, 'drained');
    throw error;
  }
}

async function create(entry: Entry, { client, nodeName, random }: KeepTools): Promise<void> {
  try {
    await client.create(
      pods,
      makePod(entry.revision, { suffix: nameSuffix((end) => Math.floor(random() * end)), nodeName }),
    );
    entry.refusal = undefined;
  } catch (error) {
    if (error instanceof ApiError && REFUSED.has(error.status)) entry.refusal = sentenceOf(error);
    throw error;
  }
}
