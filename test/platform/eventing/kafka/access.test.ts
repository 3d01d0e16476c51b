import { describe, expect, it } from '@jest/globals';
import { type Closable, closeAll, untilAborted, within } from '../../../../src/platform/eventing/kafka/access.ts';

const NEVER = new Promise<never>(() => {});

interface Client {
  readonly isCut: () => boolean;
  readonly client: Closable;
}

function aClient(closed: Promise<unknown>): Client {
  let isCut = false;
  const socket = {
    destroy() {
      isCut = true;
    },
  };
  const connections = new Map([['127.0.0.1:9092', { socket }]]);
  const close = () => {
    // as the client library forgets them
    connections.clear();
    return closed;
  };
  return { client: { close, connections }, isCut: () => isCut };
}

describe('clients that are to end', () => {
  it('are cut off where one of them never does', async () => {
    const [good, hanging] = [aClient(Promise.resolve()), aClient(NEVER)];
    await closeAll(good.client, hanging.client);
    expect(hanging.isCut()).toBe(true);
  });

  it('are cut off where that fails, once it is over for all of them', async () => {
    const ending = Promise.withResolvers<void>();
    const [slow, failing] = [aClient(ending.promise), aClient(Promise.reject(new Error('no')))];
    const closed = closeAll(slow.client, failing.client);
    await new Promise(setImmediate);
    expect([slow.isCut(), failing.isCut()]).toEqual([false, false]);
    ending.resolve();
    await closed;
    expect([slow.isCut(), failing.isCut()]).toEqual([true, true]);
  });
});

describe('what is asked of a Kafka for the first time', () => {
  it('is ended by the signal, though no answer ever comes', async () => {
    const ending = new AbortController();
    let isClosed = false;
    const asked = untilAborted(
      ending.signal,
      async () => {
        isClosed = true;
      },
      () => NEVER,
    );
    ending.abort();
    await expect(asked).rejects.toThrow('it was ended');
    expect(isClosed).toBe(true);
  });

  it('gives what it is answered, and what goes wrong', async () => {
    const { signal } = new AbortController();
    const close = () => Promise.resolve();
    expect(await untilAborted(signal, close, () => Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, close, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(within(1, NEVER)).rejects.toThrow('no answer came within 1 ms');
  });
});
