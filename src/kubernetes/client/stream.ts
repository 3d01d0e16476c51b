/**
 * All objects of a resource as the beginning of a watch: Kubernetes' WatchList (KEP-3157), which client-go's Reflector asks
 * for, too. The server sends each object as ADDED, then what changes meanwhile, then a bookmark that says that this was all.
 */
import { type JsonObject, stringAt } from '../json.ts';
import type { CallOptions } from './call.ts';
import type { Client, Listed } from './client.ts';
import type { Resource } from './resource.ts';
import type { Selection, WatchEvent } from './watch.ts';

export interface StreamOptions extends CallOptions, Selection {
  readonly keep: (object: JsonObject) => JsonObject;
  readonly onProgress: () => void;
}

/** So many seconds the server may take for all of it: one that knows nothing of streams never says that this was all. */
const WITHIN_SECONDS = 120;
/** One that says nothing for this long says nothing any more. */
const SILENCE_MS = 30_000;

/**
 * Undefined where the server gives no stream, for whatever reason: an older one refuses it, these credentials may list and
 * not watch, the connection is cut. Who can do without it asks for pages, and hears there what is wrong.
 *
 * @throws only the reason of a signal that ends it
 */
export async function streamAll(
  client: Client,
  resource: Resource,
  { signal, keep, onProgress, ...selection }: StreamOptions,
): Promise<Listed | undefined> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  signal?.addEventListener('abort', end, { once: true });
  try {
    const events = await client.watch(resource, {
      ...selection,
      sendsInitialEvents: true,
      timeoutSeconds: WITHIN_SECONDS,
      silenceMs: SILENCE_MS,
      signal: ending.signal,
      onBytes: onProgress,
    });
    return await untilAllCame(events, keep);
  } catch {
    return undefined;
  } finally {
    end();
    signal?.removeEventListener('abort', end);
    signal?.throwIfAborted();
  }
}

async function untilAllCame(
  events: AsyncIterable<WatchEvent>,
  keep: StreamOptions['keep'],
): Promise<Listed | undefined> {
  const objects = new Map<string, JsonObject>();
  for await (const { type, object } of events) {
    if (type === 'ERROR') return undefined;
    if (type === 'BOOKMARK') {
      if (stringAt(object, 'metadata', 'annotations', 'k8s.io/initial-events-end') !== 'true') continue;
      const version = stringAt(object, 'metadata', 'resourceVersion');
      return version === undefined ? undefined : { version, objects: [...objects.values()] };
    }
    const place = `${stringAt(object, 'metadata', 'namespace') ?? ''}/${stringAt(object, 'metadata', 'name') ?? ''}`;
    if (type === 'DELETED') objects.delete(place);
    else objects.set(place, keep(object));
  }
  return undefined;
}
