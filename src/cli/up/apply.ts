/** Brings objects to an API server, as `kubectl apply --server-side --force-conflicts` does, in order. */
import type { Client } from '../../kubernetes/client/client.ts';
import type { FindResource } from '../../kubernetes/client/discovery.ts';
import { sentenceOf } from '../../kubernetes/client/errors.ts';
import type { Resource } from '../../kubernetes/client/resource.ts';
import { type JsonObject, stringAt } from '../../kubernetes/json.ts';
import { Failure } from '../failure.ts';

const FIELD_MANAGER = 'weir-up';
/** A CustomResourceDefinition is served a moment after it was stored. */
const ATTEMPTS = 100;
const PAUSE = 50;

export interface ApplyOptions {
  readonly client: Client;
  readonly find: FindResource;
  /** Resolves after the milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** @throws Failure that names the object which the API server refused */
export async function applyAll(objects: readonly JsonObject[], options: ApplyOptions): Promise<void> {
  for (const object of objects) await applyOne(object, options);
}

async function applyOne(object: JsonObject, options: ApplyOptions): Promise<void> {
  const { client } = options;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const title = `${stringAt(object, 'kind')} ${name}`;
  const resource = await resourceOf(object, options);
  if (resource === undefined) throw new Failure(`${title} cannot be applied: ${client.name} does not serve its kind`);

  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  try {
    const patch = { type: 'apply', body: object } as const;
    await client.patch(resource, { name, namespace }, patch, { fieldManager: FIELD_MANAGER, force: true });
  } catch (error) {
    throw new Failure(`${title} cannot be applied: ${sentenceOf(error)}`);
  }
}

async function resourceOf(object: JsonObject, { find, wait }: ApplyOptions): Promise<Resource | undefined> {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const kind = stringAt(object, 'kind') ?? '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const resource = await find(apiVersion, kind);
    if (resource !== undefined) return resource;
    await wait(PAUSE);
  }
  return undefined;
}
