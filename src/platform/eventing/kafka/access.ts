/** How a Kafka is reached, as its client wants to hear it. */
import { isIP } from 'node:net';
import type { KafkaSecurity } from '../../../knative/eventing/kafkaSecurity.ts';

export interface KafkaAccess {
  /** `host:port`. */
  readonly servers: readonly string[];
  readonly security: KafkaSecurity;
}

/** How long a client is waited for that is to end: a Kafka that hangs holds up nobody. */
const CLOSE_MS = 1000;

/** Of a client of the library, or a pool of connections. */
export interface Closable {
  close(): Promise<unknown>;
  readonly connections: Iterable<readonly [string, { readonly socket: { destroy(): unknown } | undefined }]>;
}

/** Ends clients, whatever becomes of that. */
export async function closeAll(...clients: readonly Closable[]): Promise<void> {
  // a client forgets its connections when it begins to end them
  const sockets = clients.flatMap(({ connections }) => [...connections].map(([, { socket }]) => socket));
  await within(CLOSE_MS, Promise.allSettled(clients.map((client) => client.close()))).catch(() => {});
  // one that was not ended would hold the process until the last request on it has waited for long enough
  for (const socket of sockets) socket?.destroy();
}

/** @throws Error where it takes longer than the milliseconds */
export async function within<T>(milliseconds: number, asked: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer came within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs what asks a Kafka for the first time. @throws where the signal ends it; `close` was called then, and at any failure */
export async function untilAborted<T>(
  signal: AbortSignal,
  close: () => Promise<void>,
  ask: () => Promise<T>,
): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const onAbort = (): void => ended.reject(new Error('it was ended'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw new Error('it was ended');
    return await Promise.race([ask(), ended.promise]);
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** As it is called in Kafka's own logs. */
const CLIENT_ID = 'weir';
const CONNECT_MS = 5000;
/** Longer than a group may take to agree on who reads what. */
const REQUEST_MS = 60_000;
/** Within one request; who asks tries again by itself. */
const RETRIES = 2;
const RETRY_DELAY_MS = 250;

export function clientOptions({ servers, security: { sasl, tls } }: KafkaAccess) {
  return {
    clientId: CLIENT_ID,
    bootstrapBrokers: [...servers],
    connectTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    timeout: REQUEST_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
    // an address is no name that a certificate would be chosen by
    ...(tls === undefined ? {} : { tls: { ...tls }, tlsServerName: servers.some(hasName) }),
  };
}

function hasName(server: string): boolean {
  return isIP(server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')) === 0;
}
