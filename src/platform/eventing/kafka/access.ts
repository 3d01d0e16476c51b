/** How a Kafka is reached, as its client wants to hear it. */
import { isIP } from 'node:net';
import type { KafkaSecurity } from '../../../knative/eventing/kafkaSecurity.ts';

export interface KafkaAccess {
  /** `host:port`. */
  readonly servers: readonly string[];
  readonly security: KafkaSecurity;
}

/** How long a client is waited for that is to end: a Kafka that hangs holds up nobody. */
const CLOSE_MS = 2000;

/** Ends clients, whatever becomes of that. */
export async function closeAll(...closings: readonly (() => Promise<unknown>)[]): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, CLOSE_MS);
  const closed = Promise.allSettled(closings.map((close) => close()));
  await Promise.race([closed, over.promise]);
  clearTimeout(timer);
}

/** Runs what asks a Kafka for the first time; `close` ends it where the signal does. */
export async function untilAborted<T>(
  signal: AbortSignal,
  close: () => Promise<void>,
  ask: () => Promise<T>,
): Promise<T> {
  const onAbort = (): void => void close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw new Error('it was ended');
    return await ask();
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
