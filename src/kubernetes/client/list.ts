/** All pages of a list. */
import type { JsonObject } from '../json.ts';
import type { CallOptions } from './call.ts';
import type { Client, ListOptions } from './client.ts';
import { isGone } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Selection } from './watch.ts';

export interface ListAllOptions extends CallOptions, Selection {
  /** Objects in one page; 100 unless set: a page is parsed in one go, and nothing else runs meanwhile. */
  readonly pageSize?: number;
}

const PAGE_SIZE = 100;

/**
 * Hands every object over, page by page, and gives back the resourceVersion from which a watch goes on. All pages are
 * of one moment. Where the list takes so long that its continue token expires, it begins anew: `begin` is called at each
 * beginning, and the last time everything is asked for in one page, as client-go's pager does.
 */
export async function listAll(
  client: Client,
  resource: Resource,
  { pageSize = PAGE_SIZE, ...options }: ListAllOptions,
  take: { begin(): void; page(items: readonly JsonObject[]): void },
): Promise<string> {
  let limit: number | undefined = pageSize;
  let from: string | undefined;
  take.begin();
  for (;;) {
    const asked: ListOptions = {
      ...options,
      ...(limit === undefined ? {} : { limit }),
      ...(from === undefined ? {} : { continue: from }),
    };
    try {
      const page = await client.list(resource, asked);
      take.page(page.items);
      if (page.continue === undefined) return page.resourceVersion;
      from = page.continue;
    } catch (error) {
      if (!isGone(error) || from === undefined) throw error;
      from = undefined;
      limit = undefined;
      take.begin();
    }
  }
}
