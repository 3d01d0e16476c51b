/** What a reconcile may ask of the API server: as its controller, and only as long as its round lasts. */
import type { CallOptions } from '../../src/kubernetes/client/call.ts';
import type { Client, WriteOptions } from '../../src/kubernetes/client/client.ts';
import type { Resource } from '../../src/kubernetes/client/resource.ts';
import type { JsonObject } from '../../src/kubernetes/json.ts';
import type { Right } from './controller.ts';
import { mayDo } from './rights.ts';

export interface RoundClientOptions {
  readonly fieldManager: string;
  /** Ends what is under way, and refuses what comes after it with its reason. */
  readonly signal: AbortSignal;
  /** What the controller says that it asks for; anything else is refused before it is sent. Undefined: it does not say. */
  readonly rights: readonly Right[] | undefined;
  /** Hears of each object as the server stored it. */
  onWritten(resource: Resource, object: JsonObject): void;
}

export function roundClient(client: Client, options: RoundClientOptions): Client {
  const { fieldManager, signal, rights, onWritten } = options;

  function ended<Options extends CallOptions>(given: Options | undefined): Options & { readonly signal: AbortSignal } {
    signal.throwIfAborted();
    const both = given?.signal === undefined ? signal : AbortSignal.any([signal, given.signal]);
    return { ...(given ?? ({} as Options)), signal: both };
  }

  function check(verb: Right['verbs'][number], resource: Resource, subresource?: string): void {
    if (rights === undefined || mayDo(rights, verb, resource, subresource)) return;
    const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
    throw new Error(
      `${fieldManager} may not ${verb} ${what} of "${resource.group}": its controller does not name that among its rights`,
    );
  }

  async function written(
    resource: Resource,
    { isDryRun }: WriteOptions,
    write: Promise<JsonObject>,
  ): Promise<JsonObject> {
    const object = await write;
    if (isDryRun !== true) onWritten(resource, object);
    return object;
  }

  return {
    name: client.name,

    async get(resource, place, given) {
      check('get', resource, place.subresource);
      return client.get(resource, place, ended(given));
    },

    async list(resource, given) {
      check('list', resource);
      return client.list(resource, ended(given));
    },

    async create(resource, object, given) {
      check('create', resource);
      const all = { fieldManager, ...ended(given) };
      return written(resource, all, client.create(resource, object, all));
    },

    async createAt(resource, place, object, given) {
      check('create', resource, place.subresource);
      return client.createAt(resource, place, object, ended(given));
    },

    async update(resource, object, given) {
      check('update', resource, given?.subresource);
      const all = { fieldManager, ...ended(given) };
      return written(resource, all, client.update(resource, object, all));
    },

    async patch(resource, place, patch, given) {
      check('patch', resource, place.subresource);
      const all = { fieldManager, ...ended(given) };
      return written(resource, all, client.patch(resource, place, patch, all));
    },

    async delete(resource, place, given) {
      check('delete', resource, place.subresource);
      return client.delete(resource, place, ended(given));
    },

    async watch(resource, given) {
      check('watch', resource);
      return client.watch(resource, ended(given));
    },

    async read(path, given) {
      return client.read(path, ended(given));
    },
  };
}
