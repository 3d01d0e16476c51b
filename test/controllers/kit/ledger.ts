/** What was written to the objects of a namespace, as the server tells it: each write that changed something is one event. */

import type { Client } from '../../../src/kubernetes/client/client.ts';
import { listAll } from '../../../src/kubernetes/client/list.ts';
import type { Resource } from '../../../src/kubernetes/client/resource.ts';
import type { Selection } from '../../../src/kubernetes/client/watch.ts';
import { stringAt } from '../../../src/kubernetes/json.ts';

export interface Ledger {
  /** `ADDED`, `MODIFIED`, `DELETED` by the object's name, in their order. */
  readonly entries: ReadonlyMap<string, readonly string[]>;
  /** Waits until it has heard of everything that was written before, by a write of its own. */
  close(): Promise<void>;
}

export async function keepLedger(client: Client, resource: Resource, selection: Selection): Promise<Ledger> {
  const entries = new Map<string, string[]>();
  const ending = new AbortController();
  const { version: from } = await listAll(client, resource, selection);
  const asked = { resourceVersion: from, timeoutSeconds: 600, signal: ending.signal };
  const events = await client.watch(resource, { ...selection, ...asked });
  let heard = from;
  const reading = (async () => {
    for await (const { type, object } of events) {
      heard = stringAt(object, 'metadata', 'resourceVersion') ?? heard;
      const name = stringAt(object, 'metadata', 'name') ?? '';
      if (type !== 'BOOKMARK') entries.set(name, [...(entries.get(name) ?? []), type]);
    }
  })();
  return {
    entries,
    async close() {
      const { namespace } = selection;
      const newest = await newestOf(client, resource, selection);
      const end = Date.now() + 20_000;
      while (BigInt(heard) < newest) {
        if (Date.now() > end) throw new Error(`the ledger of ${namespace} heard nothing of version ${newest}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      ending.abort();
      await reading;
    },
  };
}

async function newestOf(client: Client, resource: Resource, selection: Selection): Promise<bigint> {
  let newest = 0n;
  const { objects } = await listAll(client, resource, selection);
  for (const item of objects) {
    const version = BigInt(stringAt(item, 'metadata', 'resourceVersion') ?? '0');
    if (version > newest) newest = version;
  }
  return newest;
}
