/** All objects of a resource, in the first of its versions that the server has. */
import type { JsonObject } from '../json.ts';
import type { Client, Listed } from './client.ts';
import { isNotFound } from './errors.ts';
import { listAll } from './list.ts';
import type { Resource } from './resource.ts';
import type { Selection } from './watch.ts';

export interface ListingOptions {
  readonly client: Client;
  readonly resource: Resource;
  /** Tried in their order where the server does not have the resource in its version. */
  readonly otherVersions?: readonly string[];
  readonly selection: Selection;
  readonly pageSize?: number;
  /** What of an object is kept. */
  readonly kept: (object: JsonObject) => JsonObject;
  /** Something of it came. */
  readonly onProgress: () => void;
  readonly signal: AbortSignal;
}

export class Listing {
  readonly #options: ListingOptions;
  #resource: Resource;

  constructor(options: ListingOptions) {
    this.#options = options;
    this.#resource = options.resource;
  }

  /** In the version that the server has, as far as that is known. */
  get resource(): Resource {
    return this.#resource;
  }

  async list(): Promise<Listed> {
    const { resource, otherVersions = [] } = this.#options;
    for (const version of otherVersions) {
      try {
        return await this.#listVersion(this.#resource);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        this.#resource = { ...resource, version };
      }
    }
    try {
      return await this.#listVersion(this.#resource);
    } catch (error) {
      if (isNotFound(error)) this.#resource = resource;
      throw error;
    }
  }

  async #listVersion(resource: Resource): Promise<Listed> {
    const { client, selection, pageSize, kept, onProgress, signal } = this.#options;
    const paging = pageSize === undefined ? {} : { pageSize };
    return listAll(client, resource, { ...selection, ...paging, keep: kept, onProgress, signal });
  }
}
