import type { Client } from '../../src/kubernetes/client/client.ts';
import { equals } from '../../src/kubernetes/json.ts';
import { takeSnapshot } from './snapshot.ts';

const LONGEST_MS = 120_000;
const LOOK_MS = 500;

/** Resolves when nothing in the namespace has changed for so long, or after two minutes. */
export async function quiet(client: Client, namespace: string, forMs: number): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  let seen = await takeSnapshot(client, namespace);
  for (let since = Date.now(); Date.now() - since < forMs && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const now = await takeSnapshot(client, namespace);
    if (equals(now, seen)) continue;
    seen = now;
    since = Date.now();
  }
}
