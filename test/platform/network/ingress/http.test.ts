/** What HTTP/1.1 can do, through the ingress to a program and back. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type StartedPlane, startPlane } from '../../../../src/platform/network/start.ts';
import { HandClock } from '../clock.ts';
import {
  ask,
  deferred,
  eventually,
  HOST,
  KEY,
  RawClient,
  readAll,
  routeTo,
  SETTINGS,
  startWorld,
  type World,
} from '../harness.ts';

let world: World;
afterEach(() => world.end());

/** A world with one instance that answers so. */
async function served(listener: Parameters<World['program']>[0]): Promise<World> {
  world = await startWorld();
  world.plane.setInstances(KEY, [await world.program(listener)]);
  return world;
}

const rawHeaders = ({ rawHeaders: all }: IncomingMessage): string[] =>
  all.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []));

describe('headers', () => {
  it('reach the program as they are, but for those of one hop, and with those that tell of the way', async () => {
    await served((request, response) => response.end(rawHeaders(request).join('\n')));
    const client = new RawClient(world.port).send(
      `GET /a?b HTTP/1.1\r\nHost: Hello.Shop.localhost.:80\r\nX-One: 1\r\nx-one: 2\r\nConnection: keep-alive, X-Two\r\nX-Two: 2\r\n` +
        'Keep-Alive: timeout=9\r\nTE: trailers, gzip\r\nProxy-Authorization: secret\r\nK-Proxy-Request: activator\r\n' +
        'Knative-Serving-Revision: x\r\nKnative-Serving-Namespace: y\r\nK-Original-Host: z\r\nConnection: close\r\n\r\n',
    );
    const text = await client.ended();
    expect(text.slice(text.indexOf('\r\n\r\n') + 4).split('\n')).toEqual([
      'Host: Hello.Shop.localhost.:80',
      'X-One: 1',
      'x-one: 2',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Proto: http',
      'Forwarded: for=127.0.0.1;proto=http',
      'TE: trailers',
    ]);
  });

  it('tell of what was in the way before', async () => {
    await served((request, response) => response.end(rawHeaders(request).join('\n')));
    const { body } = await ask(world.port, {
      headers: {
        'X-Forwarded-For': '::1, 10.0.0.1',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'shop.example.com',
      },
    });
    expect(body).toContain('X-Forwarded-For: ::1, 10.0.0.1, 127.0.0.1');
    expect(body).toContain('X-Forwarded-Proto: https');
    expect(body).toContain('Forwarded: for="[::1]";host=shop.example.com;proto=https, for=10.0.0.1, for=127.0.0.1');
  });

  it('of the answer come back, but for those of one hop', async () => {
    await served((_request, response) => {
      response.writeHead(418, 'Short and stout', {
        'Set-Cookie': ['a=1', 'b=2'],
        Connection: 'X-Three',
        'X-Three': '3',
        'X-Four': '4',
      });
      response.end('tea');
    });
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    const text = await client.until('tea');
    expect(text).toMatch(/^HTTP\/1\.1 418 Short and stout\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Four: 4\r\n/);
    expect(text).not.toMatch(/X-Three|Connection|Keep-Alive/);
    client.socket.destroy();
  });

  it('say where the request waited', async () => {
    world = await startWorld();
    const { port } = world;
    const instance = await world.program((request, response) =>
      response.end(request.headers['k-proxy-request'] ?? 'none'),
    );
    const waits = ask(port);
    await eventually(() => world.states()[0]?.waiting === 1);
    world.plane.setInstances(KEY, [instance]);
    expect((await waits).body).toBe('activator');
    expect((await ask(port)).body).toBe('none');
    world.plane.setProxied(KEY, true);
    expect((await ask(port)).body).toBe('activator');
  });
});

describe('bodies', () => {
  it.each([
    ['of a length', { 'Content-Length': '11' }, '11 undefined'],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }, 'undefined chunked'],
  ])('%s go both ways', async (_title, headers, framing) => {
    await served(async (request, response) => {
      response.setHeader('X-Framing', `${request.headers['content-length']} ${request.headers['transfer-encoding']}`);
      response.end((await readAll(request)).toUpperCase());
    });
    const answer = await ask(world.port, { method: 'POST', headers, body: 'hello world' });
    expect(answer).toMatchObject({ status: 200, body: 'HELLO WORLD' });
    expect(answer.headers['x-framing']).toBe(framing);
  });

  it('stream: an event is there before the next is sent', async () => {
    const next = deferred();
    await served(async (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: 1\n\n');
      await next.promise;
      response.end('data: 2\n\n');
    });
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await client.until('data: 1\n\n');
    expect(client.text).not.toContain('data: 2');
    next.resolve();
    await client.until('data: 2\n\n\r\n0\r\n\r\n');
    client.socket.destroy();
  });

  it('stream to the program while it answers', async () => {
    await served((request, response) => {
      request.on('data', (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
      request.on('end', () => response.end('.'));
    });
    const client = new RawClient(world.port).send(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n`,
    );
    await client.until('A');
    client.send('1\r\nb\r\n');
    await client.until('B');
    client.send('0\r\n\r\n');
    await client.until(/\.\r\n0\r\n\r\n$/);
    client.socket.destroy();
  });

  it('carry trailers both ways', async () => {
    await served(async (request, response) => {
      await readAll(request);
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('x');
      response.addTrailers({ 'X-Sum': String(request.trailers['x-parts']) });
      response.end();
    });
    const client = new RawClient(world.port).send(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTE: trailers\r\nTrailer: X-Parts\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Parts: 7\r\nContent-Length: 9\r\n\r\n`,
    );
    await client.until('0\r\nX-Sum: 7\r\n\r\n');
    client.socket.destroy();
  });

  it('that end with the connection are chunks to the client, and bytes alone to one of HTTP/1.0', async () => {
    world = await startWorld();
    const instance = await world.raw((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello'));
    });
    world.plane.setInstances(KEY, [instance]);
    expect(await ask(world.port)).toMatchObject({ body: 'hello', headers: { 'transfer-encoding': 'chunked' } });
    const client = new RawClient(world.port).send(`GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`);
    expect(await client.ended()).toBe('HTTP/1.1 200 OK\r\nX-A: b\r\nConnection: close\r\n\r\nhello');
  });

  it.each([['HEAD'], ['GET']])('that are not there leave their length (%s)', async (method) => {
    await served((request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'Content-Length': '5000' });
      else response.writeHead(304, { ETag: '"a"' });
      response.end();
    });
    const client = new RawClient(world.port);
    const once = `${method} / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    client.send(once);
    await client.until('\r\n\r\n');
    client.send(once);
    await client.until(/^HTTP[\s\S]*\r\n\r\nHTTP[\s\S]*\r\n\r\n$/);
    if (method === 'HEAD') expect(client.text).toContain('Content-Length: 5000');
    client.socket.destroy();
  });

  it('are as large as they like, and nobody keeps them', async () => {
    const size = 1024 * 1024 * 1024;
    let most = 0;
    await served((request, response) => {
      const hash = createHash('sha1');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => response.end(hash.digest('hex')));
    });
    const client = new RawClient(world.port).send(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const expected = createHash('sha1');
    const before = process.memoryUsage().arrayBuffers;
    for (let sent = 0; sent < size; sent += chunk.length) {
      expected.update(chunk);
      if (!client.socket.write(chunk)) await new Promise((resolve) => client.socket.once('drain', resolve));
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    await client.until(expected.digest('hex'));
    expect(most).toBeLessThan(150 * 1024 * 1024);
    client.socket.destroy();
  }, 120_000);

  it('wait for an instance that does not read, and go on when it does', async () => {
    const size = 128 * 1024 * 1024;
    const sockets: Socket[] = [];
    world = await startWorld();
    world.plane.setInstances(KEY, [
      await world.raw((socket) => {
        socket.pause();
        sockets.push(socket);
      }),
    ]);
    const client = new RawClient(world.port).send(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${size}\r\n\r\n`,
    );
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const more = (): void => {
      while (sent < size) {
        sent += chunk.length;
        if (!client.socket.write(chunk)) return;
      }
    };
    client.socket.on('drain', more);
    more();
    // it stands still: what is on the way is what systems keep for connections, and a little in between
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(sent).toBeLessThan(size / 2);
    let got = 0;
    for (const socket of sockets) {
      socket.on('data', (bytes: Buffer) => {
        got += bytes.length;
        if (got >= size) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nread');
      });
      socket.resume();
    }
    await client.until('read');
    expect(sent).toBe(size);
    client.socket.destroy();
  });

  it('of 300 clients that send byte by byte hold nobody up', async () => {
    await served(async (request, response) => response.end(`<${request.url} ${await readAll(request)}>`));
    const clients = Array.from({ length: 300 }, (_, index) => ({ index, client: new RawClient(world.port) }));
    const whole = (index: number): string =>
      `POST /${index} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 4\r\n\r\nslow`;
    let isOver = false;
    const others = (async () => {
      const statuses = new Set<number>();
      while (!isOver) statuses.add((await ask(world.port)).status);
      return statuses;
    })();
    for (let at = 0; at < whole(300).length; at += 7) {
      for (const { index, client } of clients) client.send(whole(index).slice(at, at + 7));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    for (const { index, client } of clients) {
      await client.until(`</${index} slow>`);
      client.socket.destroy();
    }
    isOver = true;
    expect(await others).toEqual(new Set([200]));
  });

  it('wait for a client that reads slowly, and nobody keeps them', async () => {
    let written = 0;
    const stopped = deferred();
    await served((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024);
      const write = (): void => {
        while (written < 1024 && response.write(chunk)) written++;
        if (written < 1024) stopped.resolve();
      };
      response.on('drain', write);
      write();
    });
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    client.socket.pause();
    await stopped.promise;
    client.socket.destroy();
    expect(written).toBeLessThan(1024);
  });
});

describe('a connection', () => {
  it('takes one request after the other, also where they come at once', async () => {
    await served(async (request, response) => response.end(`<${request.url} ${await readAll(request)}>`));
    const client = new RawClient(world.port).send(
      `POST /1 HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\n\r\nab` +
        `GET /2 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n\r\nGET /none HTTP/1.1\r\nHost: nobody.localhost\r\n\r\n` +
        `GET /3 HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\nGET /4 HTTP/1.1\r\n`,
    );
    const text = await client.ended();
    expect(text.match(/<[^>]*>|HTTP\/1\.1 404/g)).toEqual(['</1 ab>', '</2 >', 'HTTP/1.1 404', '</3 >']);
  });

  it('that asks on and reads no answer waits until it does', async () => {
    let count = 0;
    await served((_request, response) => {
      count++;
      response.end('x'.repeat(64 * 1024));
    });
    const asked = 1000;
    const client = new RawClient(world.port);
    client.socket.pause();
    client.send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`.repeat(asked));
    let before = -1;
    while (count === 0 || before !== count) {
      before = count;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(asked / 2);
    let bytes = 0;
    client.socket.removeAllListeners('data');
    client.socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    client.socket.resume();
    await eventually(() => count === asked && bytes > asked * 64 * 1024);
    client.socket.destroy();
  });

  it('that sends nothing but empty lines is ended', async () => {
    await served((_request, response) => response.end());
    const client = new RawClient(world.port).send('\r\n'.repeat(40 * 1024));
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('goes on after HTTP/1.0 where the client asks for it', async () => {
    await served((_request, response) => response.end('hi'));
    const client = new RawClient(world.port);
    const once = `GET / HTTP/1.0\r\nHost: ${HOST}\r\nConnection: keep-alive\r\n\r\n`;
    client.send(once);
    await client.until(/Connection: keep-alive\r\n\r\nhi$/);
    client.send(once);
    await client.until(/hi[\s\S]*hi$/);
    client.socket.destroy();
  });

  it('is told to go on before the body is sent, by the program itself', async () => {
    world = await startWorld();
    const instance = await world.program(() => undefined);
    instance.server.on('checkContinue', async (request: IncomingMessage, response) => {
      response.writeContinue();
      response.end(`got ${await readAll(request)}`);
    });
    world.plane.setInstances(KEY, [instance]);
    const client = new RawClient(world.port).send(
      `PUT / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    await client.until('HTTP/1.1 100 Continue\r\n\r\n');
    client.send('abc');
    await client.until('got abc');
    client.socket.destroy();
  });

  it('is answered where the program will not have the body', async () => {
    world = await startWorld();
    const instance = await world.program(() => undefined);
    instance.server.on('checkContinue', (_request, response) => {
      response.writeHead(413);
      response.end('too large');
    });
    world.plane.setInstances(KEY, [instance]);
    const client = new RawClient(world.port).send(
      `PUT / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close[\s\S]*too large/);
  });

  it('hears of early hints', async () => {
    await served((_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('late');
    });
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    expect(await client.ended()).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 /i,
    );
  });

  it('becomes another protocol where both want it, with every byte', async () => {
    world = await startWorld();
    const instance = await world.program(() => undefined);
    instance.server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\n\r\n`,
      );
      socket.write(head);
      socket.on('data', (chunk: Buffer) => socket.write(chunk.toString('latin1').toUpperCase()));
      socket.on('end', () => socket.end('bye'));
    });
    world.plane.setInstances(KEY, [instance]);
    const client = new RawClient(world.port).send(
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly`,
    );
    await client.until(/^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly/i);
    client.send('more');
    await client.until('MORE');
    expect(world.states()[0]?.active).toBe(1);
    client.socket.end();
    expect(await client.ended()).toMatch(/bye$/);
    await eventually(() => world.states()[0]?.active === 0);
  });

  it('does not become cleartext HTTP/2 behind our back', async () => {
    await served((request, response) => response.end(String(request.headers.upgrade)));
    const { body } = await ask(world.port, {
      headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' },
    });
    expect(body).toBe('undefined');
  });

  it('whose client hangs up ends the request of the instance', async () => {
    const [came, gone] = [deferred(), deferred()];
    await served((request, _response) => {
      came.resolve();
      request.on('close', gone.resolve);
    });
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await came.promise;
    client.socket.destroy();
    await gone.promise;
    await eventually(() => world.states()[0]?.active === 0);
  });

  it.each([
    [`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
    [`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 3\r\n\r\nabc`],
  ])('whose client hangs up while it waits leaves the line: %j', async (request) => {
    world = await startWorld();
    const client = new RawClient(world.port).send(request);
    await eventually(() => world.states()[0]?.waiting === 1);
    client.socket.destroy();
    await eventually(() => world.states()[0]?.waiting === 0);
  });
});

describe('what is not served', () => {
  it.each<{ head: string; status: number; why: RegExp }>`
    head                                                          | status | why
    ${'GET / HTTP/1.1\r\n'}                                       | ${400} | ${/Host field is missing/}
    ${'GET / HTTP/1.1\r\nHost: a b\r\n'}                          | ${400} | ${/name of a host/}
    ${'GET a HTTP/1.1\r\nHost: a\r\n'}                            | ${400} | ${/neither a path nor a URL/}
    ${'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n'}                     | ${405} | ${/proxy of names/}
    ${'GET / HTTP/1.1\r\nHost: helo.shop.localhost\r\n'}          | ${404} | ${/did you mean "hello.shop.localhost"\?/}
    ${'GET / HTTP/1.1\r\nHost: x\r\n'}                            | ${404} | ${/kubectl get routes/}
    ${'GET http://x/ HTTP/1.1\r\nHost: hello.shop.localhost\r\n'} | ${404} | ${/under the host "x"/}
    ${`GET / HTTP/1.1\r\nX: ${'y'.repeat(61 * 1024)}\r\n`}        | ${431} | ${/61440 bytes/}
    ${`GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(101)}`}   | ${431} | ${/100 header fields/}
  `('is answered with $status: $why', async ({ head, status, why }) => {
    world = await startWorld();
    const text = await new RawClient(world.port).send(`${head}Connection: close\r\n\r\n`).ended();
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(why);
  });

  it('waits a moment for somebody to say what is, with its body', async () => {
    world = await startWorld();
    const program = await world.program(async (request, response) => void response.end(await readAll(request)));
    world.plane.setInstances(KEY, [program]);
    const { port, plane, close } = await startPlane();
    try {
      const body = 'x'.repeat(300_000);
      const asked = [ask(port), ask(port, { method: 'POST', body }), ask(port, { headers: { Host: 'other' } })];
      await new Promise((resolve) => setTimeout(resolve, 50));
      plane.setRevision(KEY, SETTINGS);
      plane.setInstances(KEY, [program]);
      plane.setRoutes([routeTo(KEY)]);
      const [got, posted, other] = await Promise.all(asked);
      expect(got).toMatchObject({ status: 200 });
      expect(posted).toMatchObject({ status: 200, body });
      expect(other).toMatchObject({ status: 404 });
    } finally {
      await close();
    }
  });

  it.each<[when: string, end: (clock: HandClock, started: StartedPlane) => unknown]>([
    ['the moment is over', (clock) => clock.pass(10_000)],
    ['the platform ends', (_, started) => started.close()],
  ])('is said to be unknown when %s', async (_, end) => {
    world = await startWorld();
    const clock = new HandClock();
    const started = await startPlane({ clock });
    try {
      const asked = ask(started.port);
      // beside the one that looks for idle connections
      await eventually(() => clock.timers > 1);
      await end(clock, started);
      expect(await asked).toMatchObject({ status: 503, body: expect.stringContaining('the platform starts') });
    } finally {
      await started.close();
    }
  });

  it('says what is not ready, and waits for what may be in a moment', async () => {
    world = await startWorld();
    const { plane, port } = world;
    plane.setInstances(KEY, [await world.program((_, response) => response.end('hello'))]);
    const unserved = new Map([
      ['broken.shop.localhost', { why: 'it is broken', isPending: false }],
      ['new.shop.localhost', { why: 'it is new', isPending: true }],
    ]);
    plane.explainUnserved((host) => unserved.get(host));
    const of = (host: string) => ask(port, { headers: { Host: host } });
    expect(await of('broken.shop.localhost')).toMatchObject({ status: 503, body: 'it is broken\n' });
    expect(await of('unknown.shop.localhost')).toMatchObject({ status: 404 });
    let isAnswered = false;
    const waits = of('new.shop.localhost').finally(() => {
      isAnswered = true;
    });
    expect(await of('hello.shop.localhost')).toMatchObject({ status: 200 });
    plane.setRoutes([routeTo(KEY)]);
    expect(await of('hello.shop.localhost')).toMatchObject({ status: 200 });
    expect(isAnswered).toBe(false);
    plane.setRoutes([routeTo(KEY), routeTo(KEY, 'new.shop.localhost')]);
    expect(await waits).toMatchObject({ status: 200, body: 'hello' });
  });

  it('is a host of the cluster alone, or one without a Revision', async () => {
    world = await startWorld();
    world.plane.setRoutes([routeTo(KEY, HOST, { isClusterLocal: true }), routeTo('shop/gone', 'gone.shop.localhost')]);
    expect(await ask(world.port)).toMatchObject({ status: 404 });
    expect(await ask(world.port, { headers: { Host: 'gone.shop.localhost' } })).toMatchObject({
      status: 503,
      body: 'the Revision shop/gone is not there, and so nothing answers for "gone.shop.localhost" now\n',
    });
  });

  it('on an address that others can reach, it does not listen', async () => {
    await expect(startWorld({}, { bind: '0.0.0.0' })).rejects.toThrow(/loopback interface alone/);
    world = await startWorld();
    await expect(startWorld({}, { port: world.port })).rejects.toThrow(/is taken by another program/);
  });

  it('is a Revision that is deleted while requests wait', async () => {
    world = await startWorld();
    const waits = ask(world.port);
    await eventually(() => world.states()[0]?.waiting === 1);
    world.plane.removeRevision(KEY);
    expect(await waits).toMatchObject({
      status: 503,
      body: 'the Revision was deleted, or the platform ended, while the request waited for an instance\n',
    });
  });
});

it('ends what runs in a Revision that is deleted, before its instance is through', async () => {
  const [came, go] = [deferred(), deferred()];
  await served(async (_request, response) => {
    came.resolve();
    await go.promise;
    response.end('late');
  });
  const asked = ask(world.port);
  await came.promise;
  world.plane.removeRevision(KEY);
  let isDrained = false;
  const drained = world.plane.drained(KEY, 'pod-0', 60_000).then(() => {
    isDrained = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDrained).toBe(false);
  go.resolve();
  expect((await asked).body).toBe('late');
  await drained;
});

it('tells what waits when it ends, and lets what runs end', async () => {
  const [came, go] = [deferred(), deferred()];
  await served(async (_request, response) => {
    came.resolve();
    await go.promise;
    response.end('late');
  });
  world.plane.setRevision('shop/other', SETTINGS);
  world.plane.setRoutes([routeTo(KEY), routeTo('shop/other', 'other.shop.localhost')]);
  const runs = ask(world.port);
  const waits = ask(world.port, { headers: { Host: 'other.shop.localhost' } });
  await came.promise;
  await eventually(() => world.states().some(({ waiting }) => waiting === 1));
  const closed = world.close();
  expect((await waits).status).toBe(503);
  go.resolve();
  expect((await runs).body).toBe('late');
  await closed;
  await expect(ask(world.port)).rejects.toThrow(/ECONNREFUSED/);
});

it('splits by percent, and by tag', async () => {
  world = await startWorld();
  const names = ['shop/a', 'shop/b'];
  for (const name of names) {
    world.plane.setRevision(name, SETTINGS);
    world.plane.setInstances(name, [
      await world.program((request, response) =>
        response.end(
          `${name} ${request.headers['knative-serving-tag']} ${request.headers['knative-serving-default-route']}`,
        ),
      ),
    ]);
  }
  const tags = new Map([['blue', 'shop/b']]);
  const splits = [
    { revision: 'shop/a', percent: 80 },
    { revision: 'shop/b', percent: 20 },
  ];
  world.plane.setRoutes([
    routeTo('', HOST, { splits, tags }),
    routeTo('', `blue-${HOST}`, { splits: [{ revision: 'shop/b', percent: 100, tag: 'blue' }], tags }),
  ]);
  const answers = new Map<string, number>();
  for (let count = 0; count < 100; count++) {
    const { body } = await ask(world.port);
    answers.set(body, (answers.get(body) ?? 0) + 1);
  }
  expect(Object.fromEntries(answers)).toEqual({ 'shop/a undefined true': 80, 'shop/b undefined true': 20 });
  expect((await ask(world.port, { headers: { 'Knative-Serving-Tag': 'blue' } })).body).toBe('shop/b blue undefined');
  expect((await ask(world.port, { headers: { Host: `blue-${HOST}` } })).body).toBe('shop/b blue undefined');
});
