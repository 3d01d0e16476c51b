/** How long the head of an event may be: the same wherever it is taken. */
import { request } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startReceiver } from '../../../controllers/sources/github/receiver.ts';
import { startSinkServer } from '../../../controllers/sources/kafka/sink/server.ts';
import { systemClock } from '../../../src/kubernetes/clock.ts';
import { SILENT } from '../../../src/kubernetes/log.ts';
import { startIngress } from '../../../src/platform/eventing/ingress.ts';
import { startLetters } from '../../../src/platform/eventing/letters/start.ts';
import { eventServer, listenAt } from '../../../src/platform/eventing/server.ts';
import { startTransforms } from '../../../src/platform/eventing/transform/transforms.ts';
import { temporaryFolder } from './kit.ts';

const TAKEN = 59 * 1024;
const REFUSED = 61 * 1024;
const EVENT = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };

const ports: Record<string, number> = {};
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  const place = temporaryFolder();
  const ingress = await startIngress({
    eventing: { receive: async () => ({ is: 'kept', seq: 1 }) },
    isTopic: () => false,
    port: 0,
  });
  const letters = await startLetters({
    file: path.join(place.folder, 'letters.db'),
    port: 0,
    bind: '127.0.0.1',
    askPort: 0,
  });
  const transforms = await startTransforms({ port: 0 });
  transforms.begin();
  const sinks = await startSinkServer({ writers: { find: () => undefined }, port: 0 });
  const gitHub = await startReceiver({
    hooks: { find: () => undefined },
    secretOf: () => Promise.resolve(''),
    deliveries: { deliver: () => Promise.resolve(true) },
    clock: systemClock,
    log: SILENT,
    port: 0,
  });
  Object.assign(ports, {
    Brokers: ingress.port,
    'dead letters': letters.port,
    'who asks for dead letters': letters.askPort,
    EventTransforms: transforms.port,
    KafkaSinks: sinks.port,
    GitHubSources: Number(new URL(gitHub.url).port),
  });
  stops.push(ingress.close, letters.close, transforms.close, sinks.stop, gitHub.stop, place.remove);
});

afterAll(async () => {
  for (const stop of stops) await stop();
});

/** @param bytes of its head, about */
function statusOf(port: number, bytes: number): Promise<number | undefined> {
  const headers = { ...EVENT, 'ce-note': 'x'.repeat(bytes) };
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method: 'POST', path: '/shop/orders', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject);
    asking.end();
  });
}

describe('the head of an event', () => {
  it.each(['Brokers', 'dead letters', 'who asks for dead letters', 'EventTransforms', 'KafkaSinks', 'GitHubSources'])(
    'has one bound, also at the address of %s',
    async (name) => {
      expect(await statusOf(ports[name] ?? 0, TAKEN)).not.toBe(431);
      expect(await statusOf(ports[name] ?? 0, REFUSED)).toBe(431);
    },
  );
});

describe('a server', () => {
  it('says that its port is taken', async () => {
    const [one, other] = [eventServer(() => undefined), eventServer(() => undefined)];
    const port = await listenAt(one, 0, '127.0.0.1');
    await expect(listenAt(other, port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
    one.close();
  });
});
