/** Programs and clients that do what they should not. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequestSeen } from '../../../src/platform/network/observer.ts';
import type { Instance, RevisionSettings } from '../../../src/platform/network/plane.ts';
import { HandClock } from './clock.ts';
import {
  type Answered,
  aMoment,
  ask,
  deferred,
  eventually,
  HOST,
  KEY,
  RawClient,
  startWorld,
  type World,
} from './harness.ts';

let world: World;
afterEach(() => world.end());

const ONCE = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

describe('time limits', () => {
  it.each<{ limits: Partial<RevisionSettings>; seconds: number }>`
    limits                                                    | seconds
    ${{ timeoutSeconds: 10 }}                                 | ${10}
    ${{ timeoutSeconds: 10, responseStartTimeoutSeconds: 3 }} | ${3}
    ${{ timeoutSeconds: 10, idleTimeoutSeconds: 4 }}          | ${4}
  `('$limits end an answer that does not begin after $seconds s', async ({ limits, seconds }) => {
    const clock = new HandClock();
    const [came, gone] = [deferred(), deferred()];
    world = await startWorld(limits, { clock });
    world.plane.setInstances(KEY, [
      await world.program((request) => {
        came.resolve();
        request.on('close', gone.resolve);
      }),
    ]);
    const asked = ask(world.port);
    await came.promise;
    clock.pass(seconds * 1000 - 1);
    expect(world.states()[0]?.active).toBe(1);
    clock.pass(1);
    expect(world.states()[0]?.active).toBe(0);
    expect(await asked).toMatchObject({ status: 504, body: 'request timeout' });
    await gone.promise;
  });

  it('end the wait for an instance', async () => {
    const clock = new HandClock();
    world = await startWorld({ timeoutSeconds: 10 }, { clock });
    const asked = ask(world.port);
    await eventually(() => world.states()[0]?.waiting === 1);
    clock.pass(10_000);
    expect(await asked).toMatchObject({ status: 504, body: 'activator request timeout' });
    expect(world.states()[0]?.waiting).toBe(0);
  });

  it.each<{ limits: Partial<RevisionSettings>; more: boolean; cutAfter: number }>`
    limits                                                    | more     | cutAfter
    ${{ timeoutSeconds: 10 }}                                 | ${true}  | ${10}
    ${{ timeoutSeconds: 10, idleTimeoutSeconds: 4 }}          | ${false} | ${4}
    ${{ timeoutSeconds: 10, idleTimeoutSeconds: 4 }}          | ${true}  | ${10}
    ${{ timeoutSeconds: 10, responseStartTimeoutSeconds: 3 }} | ${false} | ${10}
  `(
    '$limits cut an answer that has begun (more comes: $more) after $cutAfter s',
    async ({ limits, more, cutAfter }) => {
      const clock = new HandClock();
      let write: (text: string) => void = () => undefined;
      world = await startWorld(limits, { clock });
      world.plane.setInstances(KEY, [
        await world.program((_request, response) => {
          write = (text) => response.write(text);
          write('<0>');
        }),
      ]);
      const client = new RawClient(world.port).send(ONCE);
      await client.until('<0>');
      for (let second = 1; second < cutAfter; second++) {
        clock.pass(1000);
        if (!more) continue;
        write(`<${second}>`);
        await client.until(`<${second}>`);
      }
      expect(client.isEnded).toBe(false);
      clock.pass(1000);
      expect(await client.ended()).not.toMatch(/0\r\n\r\n$/);
    },
  );

  it('leave no timer behind', async () => {
    const clock = new HandClock();
    world = await startWorld({ responseStartTimeoutSeconds: 3, idleTimeoutSeconds: 4 }, { clock });
    world.plane.setInstances(KEY, [await world.program((_request, response) => response.end('hi'))]);
    await ask(world.port);
    await ask(world.port);
    // one that looks after clients, and one after free connections to the instance
    await eventually(() => clock.timers === 2);
  });

  it('end a head that does not come', async () => {
    const clock = new HandClock();
    world = await startWorld({}, { clock });
    const client = new RawClient(world.port).send('GET / HTTP/1.1\r\n');
    await eventually(() => clock.timers === 1);
    // the first bytes have to be there
    await aMoment();
    clock.pass(80_000);
    await client.ended();
  });

  it('count from the first byte of a head, however long nothing was asked before', async () => {
    const clock = new HandClock();
    world = await startWorld({}, { clock });
    const client = new RawClient(world.port).send('GET / HTTP/1.1\r\nHost: nobody\r\n\r\n');
    await client.until('404');
    clock.pass(65_000);
    client.send('GET / HTTP/1.1\r\nHost: ');
    await aMoment();
    clock.pass(15_000);
    client.send('somebody\r\n\r\n');
    await client.until('"somebody"');
    client.socket.destroy();
  });
});

describe('a program', () => {
  it.each<{ title: string; says: string; status: number; why: RegExp }>`
    title                          | says                                                                     | status | why
    ${'that speaks no HTTP'}       | ${'SSH-2.0-hello\r\n\r\n'}                                               | ${502} | ${/answered what is not HTTP\/1\.1: its first line/}
    ${'with two lengths'}          | ${'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'} | ${502} | ${/Content-Length is not one number/}
    ${'with lines of its own'}     | ${'HTTP/1.1 200 OK\r\nX: y\n\r\n\r\n'}                                   | ${502} | ${/CRLF/}
    ${'that switches unasked'}     | ${'HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'}        | ${502} | ${/nobody asked for/}
    ${'that hangs up'}             | ${''}                                                                    | ${502} | ${/broke the connection before it answered/}
    ${'that hangs up in its head'} | ${'HTTP/1.1 200 OK\r\nX: '}                                              | ${502} | ${/broke the connection before it answered/}
    ${'with an endless head'}      | ${`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(300 * 1024)}`}                     | ${502} | ${/head is too long/}
  `('$title is answered for', async ({ says, status, why }) => {
    world = await startWorld();
    world.plane.setInstances(KEY, [await world.raw((socket) => socket.once('data', () => socket.end(says)))]);
    const answer = await ask(world.port, { method: 'POST', body: 'x' });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatch(/^the instance of shop\/hello-00001 /);
    expect(answer.body).toMatch(why);
    expect(world.states()[0]?.active).toBe(0);
  });

  it.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['chunks that are none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nx\r\n'],
  ])('that stops in the middle of %s leaves nobody with a half for the whole', async (_title, says) => {
    world = await startWorld();
    world.plane.setInstances(KEY, [await world.raw((socket) => socket.once('data', () => socket.end(says)))]);
    const client = new RawClient(world.port).send(ONCE);
    expect(await client.ended()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(client.text).toMatch(/half(\r\n)?$/);
  });

  it('that says more than it was asked gets no further request on that connection', async () => {
    world = await startWorld();
    let connections = 0;
    world.plane.setInstances(KEY, [
      await world.raw((socket) => {
        connections++;
        socket.on('data', () =>
          socket.write(
            'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
          ),
        );
      }),
    ]);
    const client = new RawClient(world.port).send(ONCE + ONCE);
    await client.until(/ok[\s\S]*ok$/);
    expect(client.text).not.toContain('evil');
    expect(connections).toBe(2);
    client.socket.destroy();
  });

  it('that closes its idle connections loses no request', async () => {
    world = await startWorld();
    const sockets: Socket[] = [];
    world.plane.setInstances(KEY, [
      await world.raw((socket) => {
        sockets.push(socket);
        socket.on('data', () => {
          // a keep-alive that it does not mean
          socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        });
      }),
    ]);
    for (let count = 0; count < 50; count++) expect(await ask(world.port)).toMatchObject({ status: 200, body: 'ok' });
  });

  it('that dies with a request that only reads has it sent once more to another, and none that writes', async () => {
    const seen: string[] = [];
    world = await startWorld({ containerConcurrency: 1 });
    const bad = await world.raw((socket) =>
      socket.once('data', (chunk: Buffer) => {
        seen.push(chunk.toString().slice(0, 4));
        socket.resetAndDestroy();
      }),
    );
    const good = await world.program((_request, response) => response.end('good'));
    world.plane.setInstances(KEY, [bad]);
    expect((await ask(world.port, { method: 'POST', body: 'x' })).status).toBe(502);
    expect((await ask(world.port)).status).toBe(502);
    expect(seen).toEqual(['POST', 'GET ', 'GET ']);
    const answers = [];
    world.plane.setInstances(KEY, [bad, good]);
    for (let count = 0; count < 4; count++) answers.push((await ask(world.port)).status);
    expect(answers).toContain(200);
  });

  it('that does not listen any more loses no request, whatever it is', async () => {
    world = await startWorld({ containerConcurrency: 2 });
    const dead = await world.raw(() => undefined);
    await new Promise((resolve) => dead.server.close(resolve));
    const good = await world.program((request, response) => response.end(request.method));
    world.plane.setInstances(KEY, [dead, good]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(world.port, { method: 'POST', body: 'x' })));
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(
      Array.from({ length: 10 }, () => '200 POST'),
    );
  });

  it('that listens nowhere for good is answered for at last', async () => {
    world = await startWorld();
    const dead = await world.raw(() => undefined);
    await new Promise((resolve) => dead.server.close(resolve));
    world.plane.setInstances(KEY, [dead]);
    expect(await ask(world.port)).toMatchObject({
      status: 502,
      body: 'the instance of shop/hello-00001 takes no connection (ECONNREFUSED)\n',
    });
  });
});

describe('under load', () => {
  it('500 at once from zero are all answered, once each', async () => {
    const served = new Map<string, number>();
    world = await startWorld({ containerConcurrency: 10 });
    const asked = Array.from({ length: 500 }, (_, index) => ask(world.port, { path: `/${index}` }));
    await eventually(() => world.states()[0]?.waiting === 500);
    const listener: Parameters<World['program']>[0] = (request, response) => {
      served.set(request.url ?? '', (served.get(request.url ?? '') ?? 0) + 1);
      setImmediate(() => response.end(request.url));
    };
    world.plane.setInstances(KEY, await Promise.all(Array.from({ length: 3 }, () => world.program(listener))));
    const answers = await Promise.all(asked);
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(answers.map((_, index) => `200 /${index}`));
    expect([...served.values()].every((count) => count === 1)).toBe(true);
    expect(served.size).toBe(500);
  });

  it('instances that are killed take only their own requests with them', async () => {
    const seen: RequestSeen[] = [];
    world = await startWorld({ containerConcurrency: 5 }, { observer: { onRequest: (each) => seen.push(each) } });
    const started = new Map<string, number>();
    const killed = new Set<string>();
    const start = async () => {
      const sockets = new Set<Socket>();
      const paths = new Map<string, Socket>();
      const program = await world.program((request, response) => {
        const path = request.url ?? '';
        started.set(path, (started.get(path) ?? 0) + 1);
        paths.set(path, request.socket);
        setTimeout(() => {
          paths.delete(path);
          response.end('ok');
        }, 3);
      });
      program.server.on('connection', (socket: Socket) => sockets.add(socket));
      const kill = (): void => {
        program.server.close();
        for (const path of paths.keys()) killed.add(path);
        for (const socket of sockets) socket.resetAndDestroy();
      };
      return { program, kill };
    };
    const running = await Promise.all([start(), start(), start()]);
    const tell = (): void =>
      world.plane.setInstances(
        KEY,
        running.map(({ program }): Instance => program),
      );
    tell();

    let next = 0;
    const failed: string[] = [];
    const send = async (): Promise<void> => {
      while (next < 1500) {
        const index = next++;
        const path = `/${index}`;
        const answer: Answered = await ask(world.port, { path, method: index % 2 === 0 ? 'POST' : 'GET' });
        if (answer.status !== 200) failed.push(path);
      }
    };
    const kills = async (): Promise<void> => {
      for (let count = 0; count < 8; count++) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        const fresh = await start();
        const [victim] = running.splice(count % running.length, 1, fresh);
        // the platform hears of it only afterwards
        victim?.kill();
        await new Promise((resolve) => setTimeout(resolve, 5));
        tell();
      }
    };
    await Promise.all([...Array.from({ length: 20 }, send), kills()]);

    // what was under way in one that was killed: known to it, or on the way to it
    expect(failed.length).toBeLessThanOrEqual(8 * 5);
    expect(failed.filter((path) => Number(path.slice(1)) % 2 === 1 && !killed.has(path))).toEqual([]);
    expect([...started].filter(([path, times]) => times > 1 && Number(path.slice(1)) % 2 === 0)).toEqual([]);
    expect(seen).toHaveLength(1500);
    await eventually(() => world.states()[0]?.active === 0);
    expect(world.states()[0]).toMatchObject({ waiting: 0, queued: 0, active: 0 });
  });
});
