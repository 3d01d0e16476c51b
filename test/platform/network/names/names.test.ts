/** The proxy that knows the names of the cluster. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fullName } from '../../../../src/platform/network/names/names.ts';
import { ask, KEY, RawClient, readAll, routeTo, startWorld, type World } from '../harness.ts';

const LOCAL = 'hello.shop.svc.cluster.local';

let world: World;
afterEach(() => world.end());

async function served(
  resolveOther?: (host: string, port: number | undefined) => { port: number } | undefined,
): Promise<World> {
  world = await startWorld({}, resolveOther === undefined ? {} : { resolveOther });
  world.plane.setRoutes([routeTo(KEY, LOCAL, { isClusterLocal: true }), routeTo(KEY, 'hello.shop.localhost')]);
  world.plane.setInstances(KEY, [
    await world.program(async (request, response) =>
      response.end(`${request.headers.host} ${request.url} ${await readAll(request)}`),
    ),
  ]);
  return world;
}

describe('names of the cluster', () => {
  it.each([
    ['http://hello.shop.svc.cluster.local/a?b', LOCAL],
    ['http://hello.shop.svc/a?b', 'hello.shop.svc'],
    ['HTTP://Hello.Shop.svc:80/a?b', 'Hello.Shop.svc:80'],
    ['http://hello.shop.localhost/a?b', 'hello.shop.localhost'],
  ])('%s leads to the Route', async (path, host) => {
    await served();
    const answer = await ask(world.namesPort, { path, method: 'POST', body: 'x', headers: { Host: 'something.else' } });
    expect(answer).toMatchObject({ status: 200, body: `${host} /a?b x` });
  });

  it('are reached by Host alone, and through a tunnel', async () => {
    await served();
    expect((await ask(world.namesPort, { path: '/c', headers: { Host: 'hello.shop.svc' } })).body).toBe(
      'hello.shop.svc /c ',
    );
    const client = new RawClient(world.namesPort).send(
      'CONNECT hello.shop.svc:80 HTTP/1.1\r\nHost: hello.shop.svc:80\r\n\r\n',
    );
    await client.until('HTTP/1.1 200 Connection Established\r\n\r\n');
    client.send('GET /d HTTP/1.1\r\nHost: hello.shop.svc\r\nConnection: close\r\n\r\n');
    expect(await client.ended()).toMatch(/hello\.shop\.svc \/d $/);
  });

  it('are not reached by the ingress', async () => {
    await served();
    expect(await ask(world.port, { headers: { Host: LOCAL } })).toMatchObject({ status: 404 });
  });

  it('that are no Route are asked for', async () => {
    const asked: unknown[] = [];
    let port = 0;
    await served((host, asks) => {
      asked.push([host, asks]);
      return host.startsWith('broker') ? { port } : undefined;
    });
    ({ port } = await world.program((request, response) => response.end(JSON.stringify(request.headers))));
    const { body } = await ask(world.namesPort, {
      path: 'http://broker-ingress.knative-eventing.svc:8080/shop/default',
    });
    expect(JSON.parse(body)).toEqual({ host: 'broker-ingress.knative-eventing.svc:8080' });
    expect(asked).toEqual([['broker-ingress.knative-eventing.svc.cluster.local', 8080]]);
  });

  it.each<{ path: string; why: RegExp }>`
    path                       | why
    ${'http://helo.shop.svc/'} | ${/no "helo\.shop\.svc\.cluster\.local" is there: did you mean/}
    ${'http://x.y.svc/'}       | ${/it would be that of a Knative Service/}
  `('$path is nobody', async ({ path, why }) => {
    await served();
    const answer = await ask(world.namesPort, { path });
    expect(answer.status).toBe(502);
    expect(answer.body).toMatch(why);
  });

  it('are served without TLS', async () => {
    await served();
    const client = new RawClient(world.namesPort).send(
      'CONNECT hello.shop.svc:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 502 [\s\S]*is served without TLS/);
  });

  it.each<{ name: string; full: string | undefined }>`
    name                   | full
    ${'a.b.svc'}           | ${'a.b.svc.cluster.local'}
    ${LOCAL}               | ${LOCAL}
    ${'example.com'}       | ${undefined}
    ${'svc'}               | ${undefined}
    ${'a.svc.example.com'} | ${undefined}
  `('$name is $full in full', ({ name, full }) => {
    expect(fullName(name)).toBe(full);
  });
});

describe('the rest of the world', () => {
  it('is reached by URL', async () => {
    await served();
    const other = await world.program(async (request, response) => {
      response.end(`${request.url} ${request.headers['x-forwarded-for']} ${await readAll(request)}`);
    });
    const path = `http://127.0.0.1:${other.port}/x`;
    expect(await ask(world.namesPort, { path, method: 'PUT', body: 'y' })).toMatchObject({
      status: 200,
      body: '/x undefined y',
    });
  });

  it('is reached through a tunnel, with every byte', async () => {
    await served();
    const other = await world.raw((socket: Socket) => {
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
      socket.on('end', () => socket.end('bye'));
    });
    const client = new RawClient(world.namesPort).send(
      `CONNECT 127.0.0.1:${other.port} HTTP/1.1\r\nHost: a\r\n\r\nearly`,
    );
    await client.until('\r\n\r\nearly');
    client.send('later');
    await client.until('later');
    client.socket.end();
    expect(await client.ended()).toMatch(/bye$/);
  });

  it('that does not answer is said to do so', async () => {
    await served();
    const port = await freePort();
    expect(await ask(world.namesPort, { path: `http://127.0.0.1:${port}/` })).toMatchObject({
      status: 502,
      body: `what serves "127.0.0.1:${port}" takes no connection (ECONNREFUSED)\n`,
    });
    const client = new RawClient(world.namesPort).send(
      `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(await client.ended()).toMatch(/^HTTP\/1\.1 502 [\s\S]*takes no connection \(ECONNREFUSED\)/);
  });

  it('needs a URL', async () => {
    await served();
    expect(await ask(world.namesPort, { path: '/', headers: { Host: 'example.com' } })).toMatchObject({
      status: 400,
      body: 'this is a proxy: it takes URLs such as http://example.com/, and paths alone for hosts of the cluster\n',
    });
  });
});

/** One on which nobody listens any more. */
async function freePort(): Promise<number> {
  const { server, port } = await world.raw(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  const probe = connect({ port, host: '127.0.0.1' });
  await new Promise((resolve) => probe.once('error', resolve));
  return port;
}
