/** A watch: the events of a stream of lines. */
import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import { type Asked, describe, readAnswer, TIMEOUT_MS, within } from './call.ts';
import type { Connection } from './connection.ts';
import { connectionError, DecodingError, sentenceOf } from './errors.ts';
import { Lines } from './lines.ts';
import { collectionPath, query, type Resource, typed } from './resource.ts';
import { Watchdog } from './watchdog.ts';

export interface Selection {
  /** Without one, the objects of all namespaces. */
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface WatchOptions extends Selection {
  /** From where to watch; not with `sendsInitialEvents`, which begins with what there is. */
  readonly resourceVersion?: string;
  /** The server tells first of every object that there is, then by a bookmark that this was all. */
  readonly sendsInitialEvents?: boolean;
  /** After this the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Ends the watch; its iteration then ends without an error. */
  readonly signal: AbortSignal;
  /** How long the server may take to accept the watch; 30 seconds unless set. */
  readonly timeoutMs?: number;
  /** Hears of everything that comes, for a watchdog. */
  readonly onBytes?: () => void;
  /** Where nothing comes for so long, the watch fails; it waits for as long as it may last unless set. */
  readonly silenceMs?: number;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  /** With apiVersion and kind; of an ERROR a Status. */
  readonly object: JsonObject;
}

/** etcd takes 1.5 MiB an object in its own encoding; JSON is a few times that. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;

/** Resolves once the server accepted the watch. */
export async function watch(
  connection: Connection,
  resource: Resource,
  options: WatchOptions,
): Promise<AsyncGenerator<WatchEvent>> {
  const { namespace, fieldSelector, labelSelector, resourceVersion, timeoutSeconds, signal } = options;
  const initial =
    options.sendsInitialEvents === true ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {};
  const parameters = { fieldSelector, labelSelector, resourceVersion, ...initial, timeoutSeconds };
  const path = collectionPath(resource, namespace) + query({ watch: 1, allowWatchBookmarks: true, ...parameters });
  const asked = { method: 'GET', path } as const satisfies Asked;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const response = await within(connection, asked, { signal, timeoutMs }, async (ended) => {
    const answer = await connection.send({ ...asked, signal: ended });
    if (answer.statusCode === 200) return answer;
    await readAnswer(connection, asked, answer);
    throw new DecodingError(
      `the API server at ${connection.name} answered ${describe(asked)} with status ${answer.statusCode}`,
    );
  });
  return eventsOf(response, connection, resource, options);
}

async function* eventsOf(
  response: IncomingMessage,
  connection: Connection,
  resource: Resource,
  { signal, silenceMs, onBytes = () => {} }: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const cut = (): void => void response.destroy();
  signal.addEventListener('abort', cut, { once: true });
  const watchdog = silenceMs === undefined ? undefined : new Watchdog(connection.clock, silenceMs, cut);
  try {
    if (signal.aborted) return;
    // one generator around it: each further one costs as much for every event as reading it out of its line
    const lines = new Lines(MOST_LINE_BYTES);
    for await (const chunk of response) {
      watchdog?.heard();
      onBytes();
      for (const line of lines.endedBy(chunk)) yield eventOf(line, resource);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof DecodingError ? error : connectionError(error, connection.name);
  } finally {
    watchdog?.stop();
    signal.removeEventListener('abort', cut);
    response.destroy();
  }
}

const TYPES = new Set<unknown>(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'] satisfies WatchEvent['type'][]);

function isType(value: unknown): value is WatchEvent['type'] {
  return TYPES.has(value);
}

function eventOf(line: string, resource: Resource): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DecodingError(`a watch of ${resource.plural} holds a line that is no JSON: ${sentenceOf(error)}`);
  }
  const type = isObject(value) ? stringAt(value, 'type') : undefined;
  const object = isObject(value) ? objectAt(value, 'object') : undefined;
  if (!isType(type) || object === undefined) {
    throw new DecodingError(`a watch of ${resource.plural} holds a line that is no event`);
  }
  return { type, object: type === 'ERROR' ? object : typed(object, resource) };
}
