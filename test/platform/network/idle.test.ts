/** Connections on which nothing is asked for long: of clients, and to instances, by either HTTP. */
import { createServer as createHttp2Server, type Http2Session, connect as http2Connect } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HandClock } from './clock.ts';
import { aMoment, ask, eventually, HOST, KEY, RawClient, startWorld, type World } from './harness.ts';

const MINUTE = 60_000;

let world: World;
const closing: (() => void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await world.end();
});

/** One request; resolves when it is answered whole. */
function ask2(session: ReturnType<typeof http2Connect>): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':authority': HOST });
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(status));
    stream.resume();
  });
}

describe('a client that asks nothing', () => {
  it('by HTTP/1.1 is let go after ten minutes, counted from its last answer', async () => {
    const clock = new HandClock();
    world = await startWorld({}, { clock });
    world.plane.setInstances(KEY, [await world.program((_request, response) => response.end('hi'))]);
    const silent = new RawClient(world.port);
    const client = new RawClient(world.port).send(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await client.until('hi');
    clock.pass(9 * MINUTE);
    client.send(`GET /again HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await client.until(/hi[\s\S]*hi/);
    clock.pass(2 * MINUTE);
    await silent.ended();
    expect(client.isEnded).toBe(false);
    clock.pass(9 * MINUTE);
    await client.ended();
  });

  it('by HTTP/2 is told goodbye after ten minutes, and not while it waits for an answer', async () => {
    const clock = new HandClock();
    world = await startWorld({ timeoutSeconds: 3600 }, { clock });
    let finish: (() => void) | undefined;
    world.plane.setInstances(KEY, [
      await world.program((_request, response) => {
        finish = () => response.end('hi');
      }),
    ]);
    const session = http2Connect(`http://127.0.0.1:${world.port}`);
    closing.push(() => session.destroy());
    session.on('error', () => undefined);
    let farewells = 0;
    session.on('goaway', () => farewells++);

    const answer = ask2(session);
    await eventually(() => finish !== undefined);
    clock.pass(30 * MINUTE);
    finish?.();
    expect(await answer).toBe(200);
    expect(farewells).toBe(0);
    // the server has to have seen the end of the stream
    await aMoment();
    clock.pass(11 * MINUTE);
    await eventually(() => session.closed || session.destroyed);
    expect(farewells).toBeGreaterThan(0);
  });
});

describe('a connection to an instance on which nothing is asked', () => {
  it('by HTTP/1.1 is closed after a minute, and others that are younger later', async () => {
    const clock = new HandClock();
    world = await startWorld({}, { clock });
    const open = new Set<Socket>();
    let finish: () => void = () => undefined;
    const program = await world.program((request, response) => {
      if (request.url === '/slow') finish = () => response.end('slow');
      else response.end('hi');
    });
    program.server.keepAliveTimeout = 3_600_000;
    program.server.on('connection', (socket: Socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    world.plane.setInstances(KEY, [program]);
    const slow = ask(world.port, { path: '/slow' });
    await eventually(() => open.size === 1);
    await ask(world.port);
    expect(open.size).toBe(2);
    clock.pass(MINUTE / 2);
    finish();
    await slow;
    clock.pass(MINUTE / 2 + 1);
    await eventually(() => open.size === 1);
    clock.pass(MINUTE / 2);
    await eventually(() => open.size === 0);
    expect((await ask(world.port)).status).toBe(200);
  });

  it('by HTTP/2 is closed after a minute, and opened again for the next request', async () => {
    const clock = new HandClock();
    world = await startWorld({ protocol: 'h2c' }, { clock });
    const sessions = new Set<Http2Session>();
    let opened = 0;
    const server = createHttp2Server((_request, response) => response.end('hi'));
    server.on('session', (session) => {
      opened++;
      sessions.add(session);
      session.on('close', () => sessions.delete(session));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    world.plane.setInstances(KEY, [{ uid: 'pod-h2', port: (server.address() as AddressInfo).port }]);
    await ask(world.port);
    await ask(world.port);
    expect(opened).toBe(1);
    // the stream is over for the platform, too
    await aMoment();
    clock.pass(MINUTE / 2);
    await ask(world.port);
    await aMoment();
    clock.pass(MINUTE / 2 + 1);
    expect(sessions.size).toBe(1);
    clock.pass(MINUTE / 2);
    await eventually(() => sessions.size === 0);
    expect((await ask(world.port)).status).toBe(200);
    expect(opened).toBe(2);
  });
});
