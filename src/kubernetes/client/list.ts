/** All objects of a resource at one moment. */
import type { JsonObject } from '../json.ts';
import type { CallOptions } from './call.ts';
import type { Client, Listed, ListPage } from './client.ts';
import { isGone } from './errors.ts';
import type { Resource } from './resource.ts';
import { streamAll } from './stream.ts';
import type { Selection } from './watch.ts';

export interface ListAllOptions extends CallOptions, Selection {
  /** Objects in one page; 100 unless set: a page is parsed in one go, and nothing else runs meanwhile. */
  readonly pageSize?: number;
  /** What of an object is kept, asked as each comes, so that never all of them are held whole; all of it unless set. */
  readonly keep?: (object: JsonObject) => JsonObject;
  /** Hears of each page, and of what comes between them. */
  readonly onProgress?: () => void;
}

const PAGE_SIZE = 100;

/**
 * A first page tells whether there is more. The rest comes as a stream where the server gives one: it is sent from the
 * server's cache, whereas the second page and those after it are read from etcd and decoded there for each who asks, once
 * etcd was compacted since the resource last changed. Where there is no stream, it comes page by page.
 *
 * Where the pages take so long that their continue token expires, the list begins anew, and everything is asked for in one
 * page, as client-go's pager does.
 *
 * @throws ApiError, ConnectionError, DecodingError
 */
export async function listAll(client: Client, resource: Resource, options: ListAllOptions = {}): Promise<Listed> {
  const { pageSize = PAGE_SIZE, keep = (object) => object, onProgress = () => {}, ...asked } = options;
  const first = await client.list(resource, { ...asked, limit: pageSize });
  onProgress();
  if (first.continue === undefined) return { version: first.resourceVersion, objects: first.items.map(keep) };

  const streamed = await streamAll(client, resource, { ...asked, keep, onProgress });
  if (streamed !== undefined) return streamed;

  try {
    const objects: JsonObject[] = [];
    for (let page: ListPage = first; ; ) {
      for (const item of page.items) objects.push(keep(item));
      if (page.continue === undefined) return { version: page.resourceVersion, objects };
      page = await client.list(resource, { ...asked, limit: pageSize, continue: page.continue });
      onProgress();
    }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  const all = await client.list(resource, asked);
  onProgress();
  return { version: all.resourceVersion, objects: all.items.map(keep) };
}
