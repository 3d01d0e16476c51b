/** How much of events EventTransforms have in memory at once. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Shares } from '../../../src/platform/eventing/intake/shares.ts';
import {
  type StartedTransforms,
  startTransforms,
  type TransformsOptions,
} from '../../../src/platform/eventing/transform/transforms.ts';
import { aFullRoom, beginsToSend, restWith } from './intake/kit.ts';
import { startSubscriber } from './kit.ts';

let transforms: StartedTransforms;

async function start(options: Partial<TransformsOptions>): Promise<void> {
  transforms = await startTransforms({ port: 0, timeMs: 30_000, ...options });
  transforms.begin();
}

function put(name: string, sink?: string): string {
  transforms.put(`shop/${name}`, { expression: '{"got": $}', sink, reply: { is: 'passed' } });
  return `${transforms.url}/shop/${name}`;
}

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

afterEach(() => transforms.close());

describe('an event that finds no room', () => {
  it('waits unread, and is told to come again', async () => {
    const { room, waits, endPatience } = aFullRoom();
    await start({ room });
    const sender = beginsToSend(put('orders'));
    await waits();
    endPatience();
    await sender.told('there was no room for this one in a moment; send it again');
    expect(sender.text()).toMatch(/^HTTP\/1\.1 503 /);
    expect(sender.text()).toMatch(/\r\nretry-after: 1\r\n/i);
    expect(sender.text()).toMatch(/\r\nconnection: close\r\n/i);
    sender.cut();
  });

  it('is transformed once there is some', async () => {
    const { room, waits, empty } = aFullRoom();
    await start({ room });
    const sender = beginsToSend(put('orders'));
    await waits();
    sender.send(restWith('{"price": 4}'));
    empty();
    await sender.told('{"got":{"price":4}}');
    sender.cut();
  });
});

describe('an EventTransform whose sink hangs', () => {
  it('is sent no more than its share, and shuts out no other', async () => {
    const sink = await startSubscriber();
    const asked = Promise.withResolvers<() => void>();
    sink.answer((response) => asked.resolve(() => response.end()));
    await start({ shares: new Shares(100) });
    const orders = put('orders', sink.url);
    const first = post(orders, `"${'x'.repeat(70)}"`);
    const answerIt = await asked.promise;

    const second = await post(orders, `"${'x'.repeat(70)}"`);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await second.text()).toBe('too much is under way at shop/orders already; send it again later\n');
    expect((await post(put('bills'), `"${'x'.repeat(70)}"`)).status).toBe(200);

    answerIt();
    expect((await first).status).toBe(200);
    sink.answer((response) => response.end());
    expect((await post(orders, `"${'x'.repeat(70)}"`)).status).toBe(200);
    await sink.close();
  });

  it('has none of the room of all', async () => {
    const sink = await startSubscriber();
    const asked = Promise.withResolvers<() => void>();
    sink.answer((response) => asked.resolve(() => response.end()));
    const { room, waits, empty, isEmpty } = aFullRoom();
    await start({ room });
    const sender = beginsToSend(put('orders', sink.url));
    await waits();
    empty();
    expect(isEmpty()).toBe(false);
    sender.send(restWith('{}'));
    const answerIt = await asked.promise;
    expect(isEmpty()).toBe(true);
    answerIt();
    await sender.told('HTTP/1.1 200');
    sender.cut();
    await sink.close();
  });
});
