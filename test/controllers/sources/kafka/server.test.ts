import { afterEach, expect, it } from '@jest/globals';
import { type SinkServer, startSinkServer } from '../../../../controllers/sources/kafka/sink/server.ts';
import type { Entry } from '../../../../controllers/sources/kafka/sink/writers.ts';
import { systemClock } from '../../../../src/kubernetes/clock.ts';
import { Room } from '../../../../src/platform/eventing/intake/room.ts';
import type { Written } from '../../../../src/platform/eventing/kafka/writer.ts';
import { until } from '../../../platform/eventing/kit.ts';

const MIB = 1024 * 1024;
const EVENT = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shell', 'ce-type': 'order.placed' };

let server: SinkServer | undefined;
afterEach(() => server?.stop());

/** An entry of which nothing but what is written by it is asked. */
function entry(write: () => Promise<Written>): Entry {
  const own = { wanted: { mode: 'binary' }, state: { is: 'open' }, writer: { write }, lookSoon: () => {} };
  return own as unknown as Entry;
}

it('a KafkaSink whose Kafka hangs takes no room of the others', async () => {
  let hanging = 0;
  const entries = new Map([
    [
      'a/hung',
      entry(() => {
        hanging++;
        return new Promise(() => {});
      }),
    ],
    ['a/fine', entry(() => Promise.resolve({ is: 'written' }))],
  ]);
  server = await startSinkServer({
    writers: { find: (key) => entries.get(key) },
    port: 0,
    room: new Room(3 * MIB, systemClock),
  });
  const { url } = server;
  const post = (key: string, bytes: number) =>
    fetch(`${url}/${key}`, {
      method: 'POST',
      headers: { ...EVENT, 'content-type': 'text/plain' },
      body: 'x'.repeat(bytes),
    });
  // one after another: the room has place for three
  for (let sent = 1; sent <= 4; sent++) {
    post('a/hung', MIB).catch(() => {});
    await until(() => hanging === sent, `${sent} wait for the Kafka that hangs`);
  }
  expect((await post('a/fine', MIB)).status).toBe(202);
});
