/** The Services of Kubernetes' own that keep a Route's names from being taken (knative/serving pkg/reconciler/route/reconcile_resources.go). */
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { isNotFound } from '../../../src/kubernetes/client/errors.ts';
import { coreServices } from '../../../src/kubernetes/client/resources.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import { nameOf } from '../../../src/kubernetes/object.ts';
import { isControlledBy, namespaceOf } from '../read.ts';

export interface Placeholders {
  /** Those that should be there. */
  readonly wanted: readonly JsonObject[];
  /** A Service of the Route's namespace. */
  find(name: string): JsonObject | undefined;
  /** Those that carry the Route's label. */
  readonly labelled: readonly JsonObject[];
}

/**
 * Makes what is missing and takes away what no tag needs any more. What is there stays as it is: its user may have
 * labelled it.
 *
 * @returns the name that somebody else's Service has; undefined where all are the Route's
 */
export async function keepPlaceholders(
  route: JsonObject,
  { wanted, find, labelled }: Placeholders,
  client: Client,
): Promise<string | undefined> {
  for (const placeholder of wanted) {
    const existing = find(nameOf(placeholder));
    if (existing === undefined) await client.create(coreServices, placeholder);
    else if (!isControlledBy(existing, route)) return nameOf(placeholder);
  }
  const names = new Set(wanted.map(nameOf));
  for (const service of labelled) {
    if (!names.has(nameOf(service)) && isControlledBy(service, route)) await remove(client, service);
  }
  return undefined;
}

async function remove(client: Client, service: JsonObject): Promise<void> {
  try {
    await client.delete(coreServices, { namespace: namespaceOf(service), name: nameOf(service) });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
