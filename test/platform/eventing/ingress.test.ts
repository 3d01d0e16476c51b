import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../../src/cloudevents/event.ts';
import type { Clock } from '../../../src/kubernetes/clock.ts';
import type { Received } from '../../../src/platform/eventing/eventing.ts';
import { type Ingress, startIngress } from '../../../src/platform/eventing/ingress.ts';
import { until } from './kit.ts';

const BINARY = { 'ce-specversion': '1.0', 'ce-id': 'a-1', 'ce-source': '/orders', 'ce-type': 'order.placed' };
const TOPICS = ['broker:shop/default', 'channel:shop/steps'];
/** Nobody has said yet whether it is there. */
const EARLY = 'broker:early/default';

let ingress: Ingress;
let received: { readonly topic: string; readonly event: CloudEvent; readonly headers: object }[];
let next: Received;

beforeEach(async () => {
  received = [];
  next = { is: 'kept', seq: 1 };
  ingress = await startIngress({
    eventing: {
      async receive(topic, event, headers) {
        received.push({ topic, event, headers });
        return next;
      },
    },
    isTopic: (key) => (key === EARLY ? undefined : TOPICS.includes(key)),
    port: 0,
  });
});

afterEach(() => ingress.close());

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

function call({ method = 'POST', path = '/shop/default', headers = BINARY, body = '{}' }: Call): Promise<{
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: ingress.port, method, path, headers, agent: false };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the ingress', () => {
  it('ends though somebody holds a connection and asks nothing', async () => {
    const idle = connect(ingress.port, '127.0.0.1').on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    const gone = new Promise((resolve) => idle.once('close', resolve));
    await ingress.close();
    await gone;
  });

  it.each([
    ['comes never', 'content-length: 10\r\n\r\n'],
    ['ends nowhere', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('waits five minutes for a body that %s', async (_, rest) => {
    const timers = new Map<() => void, number>();
    const clock: Clock = {
      now: () => new Date(0),
      after(milliseconds, callback) {
        timers.set(callback, milliseconds);
        return () => void timers.delete(callback);
      },
    };
    const own = await startIngress({ eventing: { receive: async () => next }, isTopic: () => true, port: 0, clock });
    let text = '';
    const socket = connect(own.port, '127.0.0.1').on('data', (chunk) => {
      text += chunk.toString();
    });
    const answered = new Promise((resolve) => socket.once('end', resolve));
    socket.write(`POST /shop/default HTTP/1.1\r\nhost: x\r\nce-specversion: 1.0\r\n${rest}`);
    const isDue = () => [...timers].find(([, milliseconds]) => milliseconds === 300_000)?.[0];
    await until(() => isDue() !== undefined, 'the ingress has the head');
    isDue()?.();
    await answered;
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*all of the event must be here within 300 s\n$/);
    socket.destroy();
    await own.close();
  });

  it('tells who asks for it to go on, and takes the body in pieces', async () => {
    const socket = connect(ingress.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    const head = Object.entries(BINARY).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /shop/default HTTP/1.1\r\nhost: x\r\n${head.join('')}`);
    socket.write('expect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n');
    await until(() => text === 'HTTP/1.1 100 Continue\r\n\r\n', 'it may go on');
    for (const piece of ['2\r\n{}\r\n', '1\r\n \r\n', '0\r\n\r\n']) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => text.includes('HTTP/1.1 202'), 'it is taken');
    expect(String(received[0]?.event.data)).toBe('{} ');
    socket.destroy();
  });

  it('takes an event for a Broker', async () => {
    const headers = { ...BINARY, 'x-request-id': 'r-1', 'knative-note': 'n', cookie: 'secret' };
    expect(await call({ headers })).toMatchObject({ status: 202, text: '' });
    expect(received).toMatchObject([
      { topic: 'broker:shop/default', headers: { 'x-request-id': 'r-1', 'knative-note': 'n' } },
    ]);
    expect(received[0]?.headers).not.toHaveProperty('cookie');
  });

  it('takes an event for a Channel by its host', async () => {
    const headers = { ...BINARY, host: 'steps-kn-channel.shop.svc.cluster.local:80' };
    expect(await call({ headers, path: '/' })).toMatchObject({ status: 202 });
    expect(received).toMatchObject([{ topic: 'channel:shop/steps' }]);
  });

  it('takes an event for a Channel by its path', async () => {
    expect(await call({ path: '/channels/shop/steps' })).toMatchObject({ status: 202 });
    expect(received).toMatchObject([{ topic: 'channel:shop/steps' }]);
  });

  it.each<[string, Call, number, string]>([
    ['another method', { method: 'PUT' }, 405, 'PUT is not taken here; POST an event'],
    [
      'a page in a browser, whose name may lead here',
      { headers: { ...BINARY, origin: 'http://evil.example' } },
      403,
      'a page in a browser sends no events here',
    ],
    ['no path', { path: '/' }, 404, 'the path must be /namespace/broker'],
    ['half a path', { path: '/shop' }, 400, 'the path must be /namespace/broker'],
    ['a Broker that is not there', { path: '/shop/other' }, 404, 'there is no broker shop/other'],
    ['a Channel that is not there', { path: '/channels/shop/default' }, 404, 'there is no channel shop/default'],
    ['what may be there in a moment', { path: '/early/default' }, 503, 'it is not known yet what there is'],
    ['no event', { headers: {} }, 400, 'this is no CloudEvent'],
    [
      'a batch',
      { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: '[]' },
      400,
      'a batch of events',
    ],
    ['too much', { body: Buffer.alloc(8 * 1024 * 1024 + 1) }, 413, 'an event has 8388608 bytes at most'],
  ])('refuses %s', async (_, what, status, text) => {
    const answer = await call(what);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(received).toEqual([]);
  });

  it.each<[Received, number]>([
    [{ is: 'full', problem: 'too much waits' }, 429],
    [{ is: 'loop', problem: 'it came back' }, 400],
    [{ is: 'refused', problem: 'the disk is full' }, 503],
  ])('says what becomes of %j', async (what, status) => {
    next = what;
    const answer = await call({});
    expect(answer).toMatchObject({ status, text: `${'problem' in what ? what.problem : ''}\n` });
    expect(answer.headers['retry-after']).toBe(status === 429 ? '1' : undefined);
  });

  it('answers who asks whether it may send', async () => {
    expect(await call({ method: 'OPTIONS', path: '/shop/default', body: '' })).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' },
    });
  });
});

describe('where more is sent at the same time than there is room for', () => {
  const MIB = 1024 * 1024;
  let now: number;
  let timers: Set<() => void>;
  let own: Ingress;
  let taken: number[];
  let finish: (() => void) | undefined;

  beforeEach(async () => {
    now = 0;
    timers = new Set();
    taken = [];
    finish = undefined;
    const clock: Clock = {
      now: () => new Date(now),
      after(milliseconds, callback) {
        if (milliseconds === 1000) timers.add(callback);
        return () => void timers.delete(callback);
      },
    };
    const receive = async (_: string, event: CloudEvent) => {
      taken.push(event.data?.length ?? 0);
      if (event.attributes.get('id') === 'broken') throw new Error('a mistake');
      if (event.attributes.get('id') === 'held') await new Promise<void>((resolve) => (finish = resolve));
      return next;
    };
    own = await startIngress({ eventing: { receive }, isTopic: () => true, port: 0, roomBytes: 8 * MIB, clock });
  });

  afterEach(() => own.close());

  function sender(id: string, framing: string) {
    let text = '';
    const socket = connect(own.port, '127.0.0.1').on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const headers = Object.entries({ ...BINARY, 'ce-id': id }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /shop/default HTTP/1.1\r\nhost: x\r\n${headers.join('')}${framing}\r\n\r\n`);
    return {
      send: (bytes: number) => void socket.write(Buffer.alloc(bytes, 'x')),
      chunk: (bytes: number) => void socket.write(`${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`),
      told: (what: string) => until(() => text.includes(what), `it is told ${what}`),
      cut: () => void socket.destroy(),
      closed,
      text: () => text,
    };
  }

  /** Once it has its place, whoever comes next waits: that starts the looking. */
  async function fill(id: string) {
    const first = sender(id, `content-length: ${8 * MIB}`);
    first.send(MIB);
    const second = sender('second', `content-length: ${MIB}`);
    second.send(100_000);
    await until(() => timers.size > 0, 'the second waits');
    return { first, second };
  }

  function look(): void {
    for (const callback of [...timers]) {
      timers.delete(callback);
      callback();
    }
  }

  it('has the second wait unread until the first is kept', async () => {
    const { first, second } = await fill('held');
    second.send(MIB - 100_000);
    first.send(7 * MIB);
    await until(() => finish !== undefined, 'the first is on its way to the disk');
    expect(taken).toEqual([8 * MIB]);
    finish?.();
    await first.told('HTTP/1.1 202');
    await second.told('HTTP/1.1 202');
    expect(taken).toEqual([8 * MIB, MIB]);
    first.cut();
    second.cut();
  });

  it('sends the first away where it is slow, with when to come again', async () => {
    const { first, second } = await fill('slow');
    // 5 seconds, and 4 for a MiB
    now += 10_000;
    look();
    await first.told('it came slowly while others waited for its room; send it again');
    expect(first.text()).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 1\r\n/);
    second.send(MIB - 100_000);
    await second.told('HTTP/1.1 202');
    second.cut();
  });

  it('sends the second away that waited for long, with when to come again', async () => {
    const { first, second } = await fill('held');
    first.send(7 * MIB);
    await until(() => finish !== undefined, 'the first is on its way to the disk');
    now += 5000;
    look();
    await second.told('there was no room for this one in a moment; send it again');
    expect(second.text()).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 1\r\n/);
    finish?.();
    await first.told('HTTP/1.1 202');
    first.cut();
  });

  it('gives its room to the second where the first hangs up', async () => {
    const { first, second } = await fill('gone');
    first.cut();
    second.send(MIB - 100_000);
    await second.told('HTTP/1.1 202');
    expect(taken).toEqual([MIB]);
    second.cut();
  });

  it('gives its room to the second where the first fails without an answer, and hangs up', async () => {
    const { first, second } = await fill('broken');
    first.send(7 * MIB);
    await first.closed;
    expect(first.text()).toBe('');
    second.send(MIB - 100_000);
    await second.told('HTTP/1.1 202');
    expect(taken).toEqual([8 * MIB, MIB]);
    second.cut();
  });

  it('keeps the room of one whose sender hangs up until it is kept', async () => {
    const { first, second } = await fill('held');
    first.send(7 * MIB);
    await until(() => finish !== undefined, 'the first is on its way to the disk');
    first.cut();
    await first.closed;
    second.send(MIB - 100_000);
    const third = sender('third', 'content-length: 2');
    third.send(2);
    await third.told('HTTP/1.1 202');
    expect(taken).toEqual([8 * MIB, 2]);
    finish?.();
    await second.told('HTTP/1.1 202');
    second.cut();
    third.cut();
  });

  it('takes what is short all the same, in however many pieces', async () => {
    const { first, second } = await fill('slow');
    const short = sender('short', 'transfer-encoding: chunked');
    for (let index = 0; index < 100; index++) {
      short.chunk(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    short.chunk(0);
    await short.told('HTTP/1.1 202');
    expect(taken).toEqual([10_000]);
    for (const each of [first, second, short]) each.cut();
  });

  it('refuses one that grows beyond what is left, and takes it when it comes again', async () => {
    const first = sender('held', `content-length: ${7 * MIB}`);
    first.send(7 * MIB);
    await until(() => finish !== undefined, 'the first is on its way to the disk');
    const growing = sender('growing', 'transfer-encoding: chunked');
    growing.chunk(2 * MIB);
    await growing.told('HTTP/1.1 503');
    finish?.();
    await first.told('HTTP/1.1 202');
    const again = sender('again', 'transfer-encoding: chunked');
    again.chunk(7 * MIB);
    again.chunk(0);
    await again.told('HTTP/1.1 202');
    expect(taken).toEqual([7 * MIB, 7 * MIB]);
    first.cut();
    again.cut();
  });
});
