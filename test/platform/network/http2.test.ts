/** Cleartext HTTP/2, as gRPC uses it, on either side or on both. */
import {
  type ClientHttp2Session,
  connect,
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ask, deferred, eventually, HOST, KEY, RawClient, readAll, startWorld, type World } from './harness.ts';

let world: World;
const closing: (() => void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  await world.end();
});

interface Answered2 {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: string;
}

function ask2(session: ClientHttp2Session, headers: Record<string, string>, body?: string): Promise<Answered2> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      { ':authority': HOST, ...headers },
      { endStream: body === undefined, waitForTrailers: body !== undefined },
    );
    let answer: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    stream.on('response', (all) => {
      answer = all;
    });
    stream.on('trailers', (all) => {
      trailers = all;
    });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-parts': '7' }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
    readAll(stream).then((text) => resolve({ headers: answer, trailers, body: text }), reject);
  });
}

function client(): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${world.port}`);
  session.on('error', () => undefined);
  closing.push(() => session.destroy());
  return session;
}

/** What gRPC needs: a body each way, and trailers. */
async function http2Program(
  onNever: () => void = () => undefined,
): Promise<{ uid: string; port: number; server: Http2Server }> {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    let trailers: IncomingHttpHeaders = {};
    stream.on('error', () => undefined);
    stream.on('trailers', (all) => {
      trailers = all;
    });
    if (headers[':path'] === '/only') {
      stream.respond({ ':status': 200, 'grpc-status': '5' }, { endStream: true });
      return;
    }
    if (headers[':path'] === '/never') {
      stream.on('close', onNever);
      return;
    }
    stream.respond(
      { ':status': 200, 'x-te': String(headers.te), 'set-cookie': ['a=1', 'b=2'] },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-sum': String(trailers['x-parts']) }));
    stream.on('data', (chunk: Buffer) => stream.write(chunk.toString().toUpperCase()));
    stream.on('end', () => stream.end(`${headers[':method']} ${headers[':authority']} ${headers['x-forwarded-for']}`));
  });
  server.on('session', (session) => closing.push(() => session.destroy()));
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { uid: 'h2', port: (server.address() as AddressInfo).port, server };
}

describe('HTTP/2', () => {
  it('goes from a client to a program, with trailers both ways', async () => {
    world = await startWorld({ protocol: 'h2c' });
    world.plane.setInstances(KEY, [await http2Program()]);
    const session = client();
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((body) => ask2(session, { ':method': 'POST', ':path': '/x', te: 'trailers' }, body)),
    );
    for (const [index, answer] of answers.entries()) {
      expect(answer.headers).toMatchObject({ ':status': 200, 'x-te': 'trailers', 'set-cookie': ['a=1', 'b=2'] });
      expect(answer.body).toBe(`${['A', 'B', 'C'][index]}POST ${HOST} 127.0.0.1`);
      expect(answer.trailers).toMatchObject({ 'grpc-status': '0', 'x-sum': '7' });
    }
    expect(await ask2(session, { ':path': '/only' })).toMatchObject({
      headers: { ':status': 200, 'grpc-status': '5' },
      body: '',
    });
    expect(world.states()[0]?.active).toBe(0);
  });

  it('goes from a client to a program of HTTP/1.1', async () => {
    world = await startWorld();
    world.plane.setInstances(KEY, [
      await world.program(async (request, response) => {
        const body = await readAll(request);
        response.writeHead(201, { 'X-Cookie': request.headers.cookie ?? '', 'Keep-Alive': 'timeout=5' });
        response.end(`${request.method} ${request.headers.host} ${body}`);
      }),
    ]);
    const answer = await ask2(client(), { ':method': 'PUT', ':path': '/', cookie: 'a=b' }, 'hello');
    expect(answer.headers).toMatchObject({ ':status': 201, 'x-cookie': 'a=b' });
    expect(answer.headers['keep-alive']).toBeUndefined();
    expect(answer.body).toBe(`PUT ${HOST} hello`);
    expect((await ask2(client(), { ':path': '/', ':method': 'HEAD' })).headers[':status']).toBe(201);
  });

  it('takes no trailers from HTTP/1.1 that are for one hop alone', async () => {
    world = await startWorld();
    const text =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n' +
      'Keep-Alive: timeout=5\r\nProxy-Connection: a\r\nHTTP2-Settings: b\r\nX-Sum: 7\r\n\r\n';
    world.plane.setInstances(KEY, [await world.raw((socket) => socket.on('data', () => socket.write(text)))]);
    const { body, trailers } = await ask2(client(), { ':path': '/' });
    expect(body).toBe('hi');
    expect(Object.entries(trailers)).toEqual([['x-sum', '7']]);
  });

  it('frames a body in one way alone, whatever length its client says', async () => {
    world = await startWorld();
    let got = '';
    world.plane.setInstances(KEY, [
      await world.raw((socket) => {
        socket.on('data', (bytes) => {
          got += bytes.toString('latin1');
        });
      }),
    ]);
    const headers = { ':method': 'POST', ':path': '/', ':authority': HOST, 'content-length': '1000000000000000' };
    const stream = client().request(headers);
    stream.on('error', () => undefined);
    stream.write('hello');
    await eventually(() => got.includes('hello'));
    expect(got).toMatch(/\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello/);
    expect(got).not.toMatch(/content-length/i);
  });

  it('bears requests that are reset in the same breath', async () => {
    world = await startWorld();
    const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
      const head = Buffer.alloc(9);
      head.writeUIntBE(payload.length, 0, 3);
      head.writeUInt8(type, 3);
      head.writeUInt8(flags, 4);
      head.writeUInt32BE(stream, 5);
      return Buffer.concat([head, payload]);
    };
    const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
    const fields = { ':method': 'GET', ':path': '/', ':scheme': 'http', ':authority': 'nobody.localhost' };
    const headers = Buffer.concat(
      Object.entries(fields).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]),
    );
    for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL]) {
      const frames = [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))];
      // END_HEADERS, without END_STREAM and with it
      for (const [index, flags] of [4, 5].entries()) {
        frames.push(frame(1, flags, 1 + 2 * index, headers), frame(3, 0, 1 + 2 * index, Buffer.from([0, 0, 0, code])));
      }
      const raw = new RawClient(world.port);
      raw.socket.write(Buffer.concat(frames));
      await raw.until('\0');
      raw.socket.destroy();
    }
    expect((await ask2(client(), { ':authority': 'nobody.localhost' })).headers[':status']).toBe(404);
  });

  it('goes from a client of HTTP/1.1 to a program', async () => {
    world = await startWorld({ protocol: 'h2c' });
    world.plane.setInstances(KEY, [await http2Program()]);
    const answer = await ask(world.port, { method: 'POST', body: 'hello' });
    expect(answer).toMatchObject({
      status: 200,
      body: `HELLOPOST ${HOST} 127.0.0.1`,
      trailers: { 'grpc-status': '0' },
    });
  });

  it('waits for an instance, and says what is not served', async () => {
    world = await startWorld({ protocol: 'h2c' });
    const session = client();
    const waits = ask2(session, { ':method': 'POST', ':path': '/x' }, 'a');
    await eventually(() => world.states()[0]?.waiting === 1);
    world.plane.setInstances(KEY, [await http2Program()]);
    expect((await waits).body).toMatch(/^APOST/);
    const nobody = await ask2(session, { ':authority': 'helo.shop.localhost' });
    expect(nobody.headers[':status']).toBe(404);
    expect(nobody.body).toMatch(/did you mean "hello\.shop\.localhost"/);
  });

  it('that refuses a request before it looks at it gets it again, unless something of its body is gone', async () => {
    world = await startWorld({ protocol: 'h2c' });
    const seen: string[] = [];
    const server = createServer();
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      seen.push(String(headers[':method']));
      const refuse = (): void => stream.close(constants.NGHTTP2_REFUSED_STREAM);
      if (headers[':method'] === 'POST') stream.once('data', refuse);
      else if (seen.length === 1) refuse();
      else stream.respond({ ':status': 204 }, { endStream: true });
    });
    server.on('session', (session) => closing.push(() => session.destroy()));
    closing.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    world.plane.setInstances(KEY, [{ uid: 'h2', port: (server.address() as AddressInfo).port }]);
    const session = client();
    expect((await ask2(session, { ':path': '/' })).headers[':status']).toBe(204);
    expect((await ask2(session, { ':method': 'POST', ':path': '/' }, 'a')).headers[':status']).toBe(502);
    expect(seen).toEqual(['GET', 'GET', 'POST']);
  });

  it('that breaks is answered for, and what hangs up ends the request', async () => {
    world = await startWorld({ protocol: 'h2c' });
    const dead = await world.raw((socket) => socket.resetAndDestroy());
    world.plane.setInstances(KEY, [dead]);
    const session = client();
    expect((await ask2(session, { ':method': 'POST', ':path': '/' }, 'a')).headers[':status']).toBe(502);
    const gone = deferred();
    world.plane.setInstances(KEY, [await http2Program(gone.resolve)]);
    const stream = session.request({ ':authority': HOST, ':path': '/never' });
    await eventually(() => world.states()[0]?.active === 1);
    stream.close();
    await gone.promise;
    await eventually(() => world.states()[0]?.active === 0);
  });
});
