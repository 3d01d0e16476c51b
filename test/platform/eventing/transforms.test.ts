/** What becomes of an event at an EventTransform, over HTTP, with JSONata itself. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TransformSpec } from '../../../src/platform/eventing/transform/transform.ts';
import { type StartedTransforms, startTransforms } from '../../../src/platform/eventing/transform/transforms.ts';
import { type Subscriber, startSubscriber } from './kit.ts';

jest.setTimeout(120_000);

/** Of a machine that is ten times slower: also until a process is there. */
const TIME_MS = 30_000;
const EVENT = { 'ce-specversion': '1.0', 'ce-id': 'o-1', 'ce-source': '/shop', 'ce-type': 'placed', 'ce-count': '3' };
const JSON_TYPE = { 'content-type': 'application/json' };

let transforms: StartedTransforms;
let sink: Subscriber;

beforeEach(async () => {
  transforms = await startTransforms({ port: 0, timeMs: TIME_MS });
  sink = await startSubscriber();
});

afterEach(async () => {
  await transforms.close();
  await sink.close();
});

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly reason: string | null;
  readonly body: string;
}

async function post(headers: Readonly<Record<string, string>>, body: string, way = '/shop/orders'): Promise<Answered> {
  const answer = await fetch(`${transforms.url}${way}`, { method: 'POST', headers, body });
  const { status } = answer;
  const of = (name: string) => answer.headers.get(name);
  return { status, type: of('content-type'), reason: of('reason'), body: await answer.text() };
}

function put(expression: string, more: Partial<TransformSpec> = {}): void {
  transforms.put('shop/orders', { expression, sink: undefined, reply: { is: 'passed' }, ...more });
  transforms.begin();
}

describe('what an expression makes', () => {
  it('of an event is an event again, in structured mode', async () => {
    put(
      '{"specversion": "1.0", "id": id, "source": source, "type": type & ".made", "data": {"total": data.price * 2}}',
    );
    const answer = await post({ ...EVENT, ...JSON_TYPE }, '{"price": 4}');
    expect(answer).toMatchObject({ status: 200, type: 'application/cloudevents+json' });
    expect(JSON.parse(answer.body)).toEqual({
      specversion: '1.0',
      id: 'o-1',
      source: '/shop',
      type: 'placed.made',
      data: { total: 8 },
    });
  });

  it.each([
    [
      'a structured event',
      { 'content-type': 'application/cloudevents+json' },
      '{"specversion":"1.0","id":"o-1","source":"/shop","type":"placed","data":"x"}',
      '$',
      { specversion: '1.0', id: 'o-1', source: '/shop', type: 'placed', data: 'x' },
    ],
    ['JSON that is no event', JSON_TYPE, '{"a": [1, 2]}', '{"sum": $sum(a)}', { sum: 3 }],
    ['a text', { 'content-type': 'text/plain' }, 'two words', '{"words": $split($, " ")}', { words: ['two', 'words'] }],
    ['JSON under any type', { 'content-type': 'application/x-what' }, '[1]', '[$[0], 2]', [1, 2]],
  ])('of %s', async (_, headers, body, expression, made) => {
    put(expression);
    const answer = await post(headers, body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(made);
  });

  it('has the content type that it says itself', async () => {
    put('{"contenttype": "application/x-own"}');
    expect(await post(EVENT, '')).toMatchObject({ status: 200, type: 'application/x-own' });
    put('{"contenttype": "a\\nb"}');
    expect(await post(EVENT, '')).toMatchObject({ status: 500 });
  });

  it.each([
    ['nothing.here', 'the expression gives nothing for this event, and must give an object or an array'],
    ['id', 'the expression gives a string for this event, and must give an object or an array'],
    ['null', 'the expression gives null for this event, and must give an object or an array'],
    ['$number(id)', 'Unable to cast value to a number: "o-1" at character 8'],
    ['((', expect.stringMatching(/^Expected .* before end of expression/)],
  ])('by %s is a failure: %s', async (expression, reason) => {
    put(expression);
    expect(await post(EVENT, '')).toMatchObject({ status: 500, reason });
  });

  it('is nothing of a batch, of what is too large, and of another method', async () => {
    put('$');
    expect(await post({ 'content-type': 'application/cloudevents-batch+json' }, '[]')).toMatchObject({
      status: 400,
      reason: 'Unsupported batch input',
    });
    expect((await post(JSON_TYPE, JSON.stringify('x'.repeat(8 * 1024 * 1024)))).status).toBe(413);
    expect((await fetch(`${transforms.url}/shop/orders`)).status).toBe(405);
  });
});

describe('an expression that does not end', () => {
  it.each([
    ['goes on for ever', '($f := function($x) { $f($x) }; $f(1))'],
    ['calls itself ever deeper', '($f := function($x) { 1 + $f($x) }; $f(1))'],
    ['reads for ever', '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)'],
    ['makes ever more', '($f := function($x) { $f($append($x, $x)) }; $f([1..1000]))'],
  ])('and %s is given up; what comes then is transformed', async (_, expression) => {
    await transforms.close();
    transforms = await startTransforms({ port: 0, timeMs: 3000, megabytes: 64 });
    put(expression);
    const began = performance.now();
    const answer = await post(EVENT, '');
    expect(answer.status).toBe(500);
    expect(answer.reason).not.toBe('');
    // it held up nobody else meanwhile: this is the same thread that asks
    expect(performance.now() - began).toBeLessThan(60_000);
    transforms.put('shop/other', { expression: '{"a": 1}', sink: undefined, reply: { is: 'passed' } });
    await transforms.close();
    transforms = await startTransforms({ port: 0, timeMs: TIME_MS });
    put('{"a": 1}');
    expect(await post(EVENT, '')).toMatchObject({ status: 200, body: '{"a":1}' });
  });

  it('ends alone: the same one goes on with another', async () => {
    await transforms.close();
    transforms = await startTransforms({ port: 0, timeMs: 3000 });
    put('id = "o-1" ? ($f := function($x) { $f($x) }; $f(1)) : {"id": id}');
    const [stuck, next] = await Promise.all([post(EVENT, ''), post({ ...EVENT, 'ce-id': 'o-2' }, '')]);
    expect([stuck.status, next.status].sort()).toEqual([200, 500]);
    expect(stuck.reason).toBe('the expression was given up: it took longer than 3000 ms');
    expect(next.body).toBe('{"id":"o-2"}');
  });
});

describe('with a sink', () => {
  it('what is made goes there, with the trace, and its answer comes back', async () => {
    sink.answer((response) => response.writeHead(202, { 'content-type': 'text/x-own' }).end('as it was'));
    put('{"made": id}', { sink: sink.url });
    const answer = await post({ ...EVENT, traceparent: '00-1-2-01' }, '');
    expect(answer).toMatchObject({ status: 202, type: 'text/x-own', body: 'as it was' });
    expect(sink.got[0]).toMatchObject({
      body: '{"made":"o-1"}',
      headers: { 'content-type': 'application/json', traceparent: '00-1-2-01' },
    });
  });

  it.each([
    [{ is: 'discarded' }, 503, ''],
    [{ is: 'made', expression: '{"was": data.n, "of": id}' }, 503, '{"was":1,"of":"r-1"}'],
  ] as const)('its answer is %j, with its status', async (reply, status, body) => {
    const made = { 'ce-specversion': '1.0', 'ce-id': 'r-1', 'ce-source': '/r', 'ce-type': 'r', ...JSON_TYPE };
    sink.answer((response) => response.writeHead(503, made).end('{"n": 1}'));
    put('$', { sink: sink.url, reply });
    expect(await post(EVENT, '')).toMatchObject({ status, body });
  });

  it.each([
    ['leads nowhere yet', 'unknown', 503, 'its sink leads nowhere yet'],
    [
      'does not answer',
      'http://me:secret@127.0.0.1:9/',
      500,
      /^the sink http:\/\/xxxxx@127\.0\.0\.1:9\/ did not answer: /,
    ],
    ['is no URL', 'ftp://a.b', 500, /no URL of http or https/],
  ])('that %s it fails', async (_, url, status, reason) => {
    put('$', { sink: url });
    expect(await post(EVENT, '')).toMatchObject({ status, reason: expect.stringMatching(reason) });
  });

  it('that has a name of the cluster it is sent to by the proxy that knows those', async () => {
    const port = Number(new URL(sink.url).port);
    const names = { portOf: (host: string) => (host.endsWith('.svc') ? port : undefined), awaited: async () => {} };
    await transforms.close();
    transforms = await startTransforms({ port: 0, timeMs: TIME_MS, names });
    put('{"made": id}', { sink: 'http://cart.shop.svc/orders?x=1' });
    expect(await post(EVENT, '')).toMatchObject({ status: 200 });
    expect(sink.got[0]).toMatchObject({ body: '{"made":"o-1"}', headers: { host: 'cart.shop.svc' } });
  });

  it('that closes a connection just then it is sent to over another', async () => {
    const got: string[] = [];
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      let count = 0;
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        if (++count > 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', () => got.push(bytes.toString('latin1')));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    put('{"made": id}', { sink: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    for (const id of ['a', 'b', 'c']) expect(await post({ ...EVENT, 'ce-id': id }, '')).toMatchObject({ status: 200 });
    expect(got.map((text) => /"made":"(\w)"/.exec(text)?.[1])).toEqual(['a', 'b', 'c']);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('that leads elsewhere it fails', async () => {
    sink.answer((response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end());
    put('$', { sink: sink.url });
    expect(await post(EVENT, '')).toMatchObject({ status: 500, reason: expect.stringContaining('redirect (302)') });
  });
});

describe('its address', () => {
  it('is that of its namespace and name, and its name in a cluster', async () => {
    expect((await post(EVENT, '')).status).toBe(503);
    expect(transforms.knows('orders-jsonata.shop.svc.cluster.local')).toBe(true);
    put('{"a": 1}');
    expect((await post(EVENT, '', '/shop/none')).status).toBe(404);
    expect(transforms.knows('none-jsonata.shop.svc.cluster.local')).toBe(false);
    expect(transforms.knows('orders-jsonata.shop.svc.cluster.local')).toBe(true);
    transforms.remove('shop/orders');
    expect((await post(EVENT, '')).status).toBe(404);
  });

  it('takes nothing from a page in a browser', async () => {
    put('{"a": 1}');
    expect((await post({ ...EVENT, origin: 'https://evil.example.com' }, '')).status).toBe(403);
  });
});

describe('an expression', () => {
  it('is read before events come', async () => {
    expect(await transforms.read('{"a": 1}')).toEqual({ is: 'fine' });
    expect(await transforms.read('{"a": ')).toEqual({
      is: 'wrong',
      problem: expect.stringMatching(/Unexpected end of expression|before end/),
    });
  });
});
