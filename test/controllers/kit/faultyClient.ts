/** A client between the controllers and the server that refuses, cuts and dies as a test asks. */

import type { CallOptions } from '../../../src/kubernetes/client/call.ts';
import type { Client } from '../../../src/kubernetes/client/client.ts';
import { ApiError, ConnectionError } from '../../../src/kubernetes/client/errors.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';

export interface FaultyClient extends Client {
  /** From now on no request reaches the server, and no answer comes: a process that was killed. */
  die(): void;
  /** Ends every watch as a cut connection does. */
  cutWatches(): void;
  /** What each write meets. */
  failing(fault: Fault | undefined): void;
  /** Writes that reached the server. */
  readonly written: number;
  /** Writes that were sent and are not answered yet. */
  readonly underWay: number;
  /** Refused, or whose answer was lost. */
  readonly failed: number;
}

/** @param count how many writes there were, this one too. `before`: refused; `after`: done, and the answer is lost. */
export type Fault = (count: number) => { readonly when: 'before' | 'after'; readonly error: Error } | undefined;

const KINDS = [
  { when: 'before', error: new ApiError(409, 'Conflict', 'the object has been modified') },
  { when: 'before', error: new ApiError(429, 'TooManyRequests', 'too many requests', 0) },
  { when: 'before', error: new ApiError(500, 'InternalError', 'etcdserver: request timed out') },
  { when: 'after', error: new ApiError(500, 'InternalError', 'the answer is lost') },
  { when: 'after', error: new ConnectionError('ECONNRESET', 'the connection was cut') },
] as const;

/** Every tenth write meets one of these, one after the other. */
export const everyTenth: Fault = (count) => (count % 10 === 0 ? KINDS[(count / 10 - 1) % KINDS.length] : undefined);

export function faultyClient(client: Client): FaultyClient {
  let isDead = false;
  let fault: Fault | undefined;
  let count = 0;
  let written = 0;
  let underWay = 0;
  let failed = 0;
  const watches = new Set<(error: Error | undefined) => void>();

  async function write(options: CallOptions | undefined, send: () => Promise<JsonObject>): Promise<JsonObject> {
    if (isDead) return noAnswer(options);
    const met = fault?.(++count);
    if (met !== undefined) failed++;
    if (met?.when === 'before') throw met.error;
    written++;
    underWay++;
    const answer = await send().finally(() => underWay--);
    if (isDead) return noAnswer(options);
    if (met !== undefined) throw met.error;
    return answer;
  }

  async function read<Value>(options: CallOptions | undefined, send: () => Promise<Value>): Promise<Value> {
    if (isDead) return noAnswer(options);
    const answer = await send();
    return isDead ? noAnswer(options) : answer;
  }

  return {
    ...client,
    die() {
      isDead = true;
      for (const cut of watches) cut(undefined);
    },
    cutWatches() {
      for (const cut of watches) cut(new ConnectionError('ECONNRESET', 'the watch was cut'));
    },
    failing(next) {
      fault = next;
    },
    get written() {
      return written;
    },
    get underWay() {
      return underWay;
    },
    get failed() {
      return failed;
    },
    get: (resource, place, options) => read(options, () => client.get(resource, place, options)),
    list: (resource, options) => read(options, () => client.list(resource, options)),
    create: (resource, object, options) => write(options, () => client.create(resource, object, options)),
    update: (resource, object, options) => write(options, () => client.update(resource, object, options)),
    patch: (resource, place, patch, options) => write(options, () => client.patch(resource, place, patch, options)),
    async delete(resource, place, options) {
      await write(options, async () => {
        await client.delete(resource, place, options);
        return {};
      });
    },
    async watch(resource, options) {
      if (isDead) return noAnswer(options);
      const ending = new AbortController();
      let cutBy: Error | undefined;
      const cut = (error: Error | undefined): void => {
        cutBy = error;
        ending.abort();
      };
      watches.add(cut);
      const signal = AbortSignal.any([options.signal, ending.signal]);
      try {
        const events = await client.watch(resource, { ...options, signal });
        return (async function* () {
          try {
            yield* events;
            if (isDead) await noAnswer(options);
            if (cutBy !== undefined) throw cutBy;
          } finally {
            watches.delete(cut);
          }
        })();
      } catch (error) {
        watches.delete(cut);
        throw error;
      }
    },
  };
}

/** Never one, until whoever asked gives up. */
function noAnswer({ signal }: CallOptions = {}): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new ConnectionError('TIMEOUT', 'no answer came'));
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}
