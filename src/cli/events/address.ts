/** Where a Broker takes events. */
import { brokers } from '../../knative/eventing/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { isNotFound } from '../../kubernetes/client/errors.ts';
import { stringAt } from '../../kubernetes/json.ts';
import { Failure } from '../failure.ts';

/** @throws Failure where there is none, or nobody has said yet where it takes events */
export async function addressOf(
  client: Client,
  place: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const title = `Broker ${place.namespace}/${place.name}`;
  try {
    const url = stringAt(await client.get(brokers, place), 'status', 'address', 'url');
    if (url !== undefined) return url;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Failure(`there is no ${title} at ${client.name}; kubectl get brokers -A lists those that are there`);
  }
  throw new Failure(
    `${title} has no address yet; kubectl describe broker -n ${place.namespace} ${place.name} says why`,
  );
}
