/** A TrafficRollout in a cluster with what stands around it, read once. */
import { podAutoscalers, services } from '../../knative/resources.ts';
import type { Client } from '../../kubernetes/client/client.ts';
import { ApiError, isNotFound } from '../../kubernetes/client/errors.ts';
import { type JsonObject, valueAt } from '../../kubernetes/json.ts';
import { nameOf } from '../../kubernetes/object.ts';
import { oneLine } from '../../report/safeText.ts';
import { readRollout } from '../../rollout/read.ts';
import { trafficRollouts } from '../../rollout/resource.ts';
import { didYouMean } from '../../text/nearest.ts';
import { Failure } from '../failure.ts';

export interface Look {
  readonly object: JsonObject;
  /** Undefined where there is none, or its name cannot be read. */
  readonly service: JsonObject | undefined;
  /** Ready ones by Revision; undefined where nobody tells. */
  readonly pods: ReadonlyMap<string, number> | undefined;
}

/** @throws Failure where there is no such TrafficRollout */
export async function lookAt(client: Client, namespace: string, name: string): Promise<Look> {
  const object = await find(client, namespace, name);
  const serviceName = serviceOf(object);
  const [service, pods] = await Promise.all([
    serviceName === undefined ? undefined : orUndefined(client.get(services, { namespace, name: serviceName })),
    serviceName === undefined ? undefined : podsOf(client, namespace, serviceName),
  ]);
  return { object, service, pods };
}

async function find(client: Client, namespace: string, name: string): Promise<JsonObject> {
  try {
    return await client.get(trafficRollouts, { namespace, name });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new Failure(await whyNone(client, namespace, name));
  }
}

async function whyNone(client: Client, namespace: string, name: string): Promise<string> {
  const all = await orUndefined(client.list(trafficRollouts));
  if (all === undefined) {
    return `${client.name} has no TrafficRollout ${oneLine(name)} in ${namespace}, or does not know the kind: Weir's definitions bring it (overlays/base)`;
  }
  const [here, elsewhere]: [string[], string[]] = [[], []];
  for (const object of all.items) {
    const where = valueAt(object, 'metadata', 'namespace');
    if (where === namespace) here.push(nameOf(object));
    else if (nameOf(object) === name && typeof where === 'string') elsewhere.push(where);
  }
  const lead = `there is no TrafficRollout ${oneLine(name)} in the namespace ${namespace}`;
  if (elsewhere.length > 0) return `${lead}; ${elsewhere.sort().join(', ')} has one: -n ${elsewhere[0]}`;
  const hint = didYouMean(name, here);
  if (hint !== '') return `${lead}${hint}`;
  return here.length === 0
    ? `${lead}, nor any other; -n names another namespace`
    : `${lead}; there are ${here.sort().join(', ')}`;
}

function serviceOf(object: JsonObject): string | undefined {
  const name = valueAt(object, 'spec', 'serviceRef', 'name');
  return readRollout(object).rollout?.service ?? (typeof name === 'string' && name !== '' ? name : undefined);
}

const SERVICE_LABEL = 'serving.knative.dev/service';

async function podsOf(client: Client, namespace: string, service: string): Promise<Look['pods']> {
  const listed = await orUndefined(
    client.list(podAutoscalers, { namespace, labelSelector: `${SERVICE_LABEL}=${service}` }),
  );
  if (listed === undefined) return undefined;
  return new Map(listed.items.map((each) => [nameOf(each), Number(valueAt(each, 'status', 'actualScale') ?? 0)]));
}

/** What is not there, and what one may not read: the rest can still be said. */
export async function orUndefined<Value>(answer: Promise<Value>): Promise<Value | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}
