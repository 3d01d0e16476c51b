import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sender, type SendRequest, startSender } from '../../../src/platform/eventing/send.ts';
import { makeKey, selfSigned } from '../../../tools/selfSigned.ts';
import { anEvent, type Subscriber, startSubscriber, until } from './kit.ts';

let sender: Sender;
let subscriber: Subscriber;

beforeEach(async () => {
  sender = startSender();
  subscriber = await startSubscriber();
});

afterEach(async () => {
  sender.close();
  await subscriber.close();
});

const send = (url: string, more: Partial<SendRequest> = {}) =>
  sender.send({ url, event: anEvent('a'), headers: {}, timeout: undefined, ...more });

describe('an event that is sent', () => {
  it('goes to the path and the query of its URL, with its credentials', async () => {
    const url = subscriber.url.replace('//', '//us%40er:p%3Aw@');
    expect(await send(`${url}orders?x=%20y#z`)).toMatchObject({ status: 200 });
    const [got] = subscriber.got;
    expect(got?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:p:w').toString('base64')}`);
    expect(got?.headers.host).toBe(new URL(subscriber.url).host);
  });

  it('has its data whole, however much that is, and any byte of it', async () => {
    for (const size of [0, 1, 300, 12 * 1024, 12 * 1024 + 1, 3_000_000]) {
      const data = Buffer.from(Array.from({ length: size }, (_, index) => 32 + (index % 90)));
      const event = { ...anEvent('a'), data };
      expect(await send(subscriber.url, { event })).toMatchObject({ status: 200 });
      expect(subscriber.got.at(-1)?.body).toBe(data.toString('latin1'));
    }
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const bodies: Buffer[] = [];
    subscriber.answer((response) => response.end(bytes));
    const sent = await send(subscriber.url, { event: { ...anEvent('a'), data: Buffer.from('é\u0000中') } });
    if (sent.status !== undefined) bodies.push(sent.body);
    expect(bodies).toEqual([bytes]);
    expect(subscriber.got.at(-1)?.body).toBe('é\u0000中');
  });

  it.each([1000, 300_000])('is answered with %d bytes that stay, whatever comes after them', async (size) => {
    const bytesOf = (id: string) => Buffer.from(Array.from({ length: size }, (_, at) => id.charCodeAt(0) + (at % 101)));
    subscriber.answer((response, { id }) => response.end(bytesOf(id)));
    const bodies: Buffer[] = [];
    for (const id of ['a', 'b']) {
      const sent = await send(subscriber.url, { event: anEvent(id) });
      if (sent.status !== undefined) bodies.push(sent.body);
    }
    expect(bodies.map((body, at) => body.equals(bytesOf('ab'.charAt(at))))).toEqual([true, true]);
  });

  it('keeps to itself what is hidden, also where the same event was sent with it before', async () => {
    const event = anEvent('a', { secret: 'x' });
    await send(subscriber.url, { event });
    await send(subscriber.url, { event, hidden: 'secret' });
    await send(subscriber.url, { event, hidden: 'secret', isStructured: true });
    await send(subscriber.url, { event, isStructured: true });
    expect(subscriber.got.map(({ headers, body }) => headers['ce-secret'] ?? JSON.parse(body).secret)).toEqual([
      'x',
      undefined,
      undefined,
      'x',
    ]);
  });

  it('goes over a connection that is there, and over a hundred at once to one address', async () => {
    const sockets = new Set<Socket>();
    const held: (() => void)[] = [];
    let isHolding = false;
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', () => {
        const answer = () => void socket.write('HTTP/1.1 204 No Content\r\n\r\n');
        if (isHolding) held.push(answer);
        else answer();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    for (let index = 0; index < 5; index++) expect(await send(url)).toMatchObject({ status: 204 });
    expect(sockets.size).toBe(1);

    isHolding = true;
    const many = Array.from({ length: 130 }, () => send(url));
    await until(() => held.length === 100, 'a hundred at once');
    // who has another address there waits for none of them
    const other = send(`${url}other`);
    await until(() => held.length === 101, 'the other one');
    held.pop()?.();
    expect(await other).toMatchObject({ status: 204 });
    expect(sockets.size).toBe(101);
    isHolding = false;
    for (const answer of held.splice(0)) answer();
    expect((await Promise.all(many)).map(({ status }) => status)).toEqual(many.map(() => 204));
    expect(sockets.size).toBe(101);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('is sent once where no answer comes in time, or the end does, also over a connection that is there', async () => {
    const table = [
      { timeout: 500, breakOff: () => {}, error: 'no answer within 500 ms' },
      { timeout: undefined, breakOff: () => sender.close(), error: 'the platform ends' },
    ];
    for (const { timeout, breakOff, error } of table) {
      subscriber.answer((response) => response.end());
      expect(await send(subscriber.url)).toMatchObject({ status: 200 });
      subscriber.answer(() => {});
      const before = subscriber.got.length;
      const hanging = send(subscriber.url, { timeout });
      await until(() => subscriber.got.length > before, 'the event');
      breakOff();
      expect(await hanging).toEqual({ status: undefined, error });
      // what were sent again would be there before this one
      subscriber.answer((response) => response.end());
      await send(subscriber.url);
      expect(subscriber.got).toHaveLength(before + 2);
    }
  });

  it('is not taken by who is not there, and at the end by nobody', async () => {
    const { url } = subscriber;
    subscriber.answer(() => {});
    const hanging = send(url);
    await until(() => subscriber.got.length === 1, 'the event');
    sender.close();
    expect(await hanging).toEqual({ status: undefined, error: 'the platform ends' });
    await subscriber.close();
    expect(await send(url)).toMatchObject({ error: expect.stringContaining('ECONNREFUSED') });
  });

  it('ends with the platform, also where it waited for a name while a thousand others were sent to', async () => {
    const { promise: there, resolve: isThere } = Promise.withResolvers<void>();
    const port = Number(new URL(subscriber.url).port);
    const own = startSender({ portOf: (host) => (host.endsWith('.svc') ? port : undefined), awaited: () => there });
    const to = (url: string) => own.send({ url, event: anEvent('a'), headers: {}, timeout: undefined });
    subscriber.answer((response, _, { url }) => void (url !== '/waits' && response.end()));
    const waiting = to('http://cart.shop.svc/waits');
    for (let index = 0; index < 1000; index++) await to(`${subscriber.url}${index}`);
    isThere();
    await until(() => subscriber.got.length === 1001, 'the event');
    own.close();
    expect(await waiting).toEqual({ status: undefined, error: 'the platform ends' });
  });

  it('goes over TLS to who has a certificate for the name', async () => {
    const key = makeKey();
    const now = Date.now();
    const cert = selfSigned({ key, from: new Date(now - 1e6), until: new Date(now + 1e8) });
    const server = createSecureServer({ key, cert }, (request, response) => {
      request.resume().on('end', () => response.end(request.headers['ce-id']));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    expect(await send(url)).toMatchObject({ status: undefined, error: expect.stringContaining('self-signed') });
    const before = getCACertificates();
    setDefaultCACertificates([cert]);
    try {
      const sent = await Promise.all([send(url), send(url)]);
      expect(sent.map((each) => (each.status === undefined ? each.error : String(each.body)))).toEqual(['a', 'a']);
    } finally {
      setDefaultCACertificates(before);
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('an answer that comes before all of the event is there', () => {
  /** More than the system keeps on the way. */
  const LARGE = 40_000_000;
  const event = { ...anEvent('a'), data: Buffer.alloc(LARGE) };
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
  let server: Server;
  let url: string;
  let sockets: Socket[];
  let bytes: number;
  let onBegin: (socket: Socket) => void;

  beforeEach(async () => {
    sockets = [];
    bytes = 0;
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => onBegin(socket));
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** Answers, and reads on once the answer was there. */
  const answerFirst = (socket: Socket, text: string, end = false) => {
    socket.pause();
    const readOn = () => void setTimeout(() => socket.resume(), 50);
    if (end) socket.end(text, readOn);
    else socket.write(text, readOn);
  };

  it('is a success once the rest was sent, too, and the next event goes over the same connection', async () => {
    onBegin = (socket) => answerFirst(socket, OK);
    expect(await send(url, { event })).toMatchObject({ status: 200 });
    await until(() => bytes > LARGE, 'all of it');
    sockets[0]?.once('data', () => sockets[0]?.write(OK));
    expect(await send(url)).toMatchObject({ status: 200 });
    expect(sockets).toHaveLength(1);
  });

  it.each([
    ['with its length', OK],
    ['up to its end', 'HTTP/1.1 200 OK\r\n\r\nthanks'],
  ])('is a success, and the rest is sent, also where the other side says no more: %s', async (_, text) => {
    onBegin = (socket) => answerFirst(socket, text, true);
    expect(await send(url, { event })).toMatchObject({ status: 200 });
    await until(() => bytes > LARGE, 'all of it');
  });

  it('is a success where the other side then goes, which has what it wants', async () => {
    onBegin = (socket) => {
      socket.pause();
      socket.write(OK, () => setTimeout(() => socket.resetAndDestroy(), 50));
    };
    expect(await send(url, { event })).toMatchObject({ status: 200 });
    expect(bytes).toBeLessThan(LARGE);
  });

  it('is none where the rest is not taken in time', async () => {
    onBegin = (socket) => {
      socket.pause();
      socket.write(OK);
    };
    expect(await send(url, { event, timeout: 500 })).toEqual({
      status: undefined,
      error: 'no answer within 500 ms, though a success was told before all of the event was there',
    });
  });

  it('that refuses it is the end of it: the rest is not sent', async () => {
    let isGone = false;
    onBegin = (socket) => {
      const onGone = () => {
        isGone = true;
      };
      socket.once('end', onGone).once('close', onGone);
      answerFirst(socket, 'HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    };
    expect(await send(url, { event })).toMatchObject({ status: 413 });
    await until(() => isGone, 'the connection is closed');
    expect(bytes).toBeLessThan(LARGE);
  });
});
