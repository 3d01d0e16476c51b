import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { aService } from '../../policy/builders.ts';
import { type Running, reviewText, send, start } from './harness.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const body = reviewText({ object: aService({ image: 'nginx:latest' }) });

/** A connection that has sent the half of a request. */
function halfSent(port: number): Promise<{ rest(): void; answer: Promise<string> }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      const head = `POST /validate/prod HTTP/1.1\r\nhost: x\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
      socket.write(head + body.slice(0, 20), () => {
        resolve({
          rest: () => socket.write(body.slice(20)),
          answer: new Promise((done) => socket.on('close', () => done(text))),
        });
      });
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', reject);
  });
}

describe('the end', () => {
  it('answers what is under way, and then closes', async () => {
    const { port, server } = await start();
    const { rest, answer } = await halfSent(port);
    const closing = server.close(10_000);
    await pause(200);
    rest();
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK.*"allowed":false/s);
    expect(await closing).toBe(true);
    await expect(send({ port, agent: new Agent() }, '/healthz')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('cuts off what takes longer than the deadline, and says so', async () => {
    const { port, server } = await start();
    const { answer } = await halfSent(port);
    expect(await server.close(200)).toBe(false);
    expect(await answer).toBe('');
  });

  it('asks connections to go while it still takes requests', async () => {
    const { leave, send: ask } = await start();
    const before = await ask('/validate/prod', { method: 'POST', body });
    expect(before.headers.connection).toBe('keep-alive');
    leave();
    const after = await ask('/validate/prod', { method: 'POST', body });
    expect([after.status, after.headers.connection]).toEqual([200, 'close']);
  });

  it('loses no request of clients that go elsewhere when they are asked to', async () => {
    const app = await start({ logLevel: 'silent' });
    let answered = 0;
    const clients = Array.from({ length: 6 }, () => askUntilGoodbye(app, () => answered++));
    while (answered < 10 * clients.length) await pause(5);
    app.leave();
    await Promise.all(clients);
    expect(await app.server.close(10_000)).toBe(true);
  });

  it('answers who connected just before', async () => {
    const { port, server } = await start();
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await new Promise<void>((resolve) => socket.on('secureConnect', () => resolve()));
    const closing = server.close(10_000);
    await pause(200);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const text = await new Promise<string>((resolve) => socket.on('data', (chunk) => resolve(chunk.toString())));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await closing).toBe(true);
  });
});

/** One connection at a time, kept alive, until an answer asks it to go; every request on the way has its answer. */
async function askUntilGoodbye({ port }: Running, onAnswer: () => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  for (;;) {
    const { status, headers } = await send({ port, agent }, '/validate/prod', { method: 'POST', body });
    if (status !== 200) throw new Error(`an answer with ${status}`);
    onAnswer();
    if (headers.connection === 'close') break;
  }
  agent.destroy();
}

describe('who is slow', () => {
  // long enough for twenty handshakes at once on a machine that is busy: who is served meanwhile is not slow
  const times = { headersTimeout: 2500, requestTimeout: 3000, connectionsCheckingInterval: 50, handshakeTimeout: 2500 };

  function closedAfter(text: string, isTls = true): (port: number) => Promise<number> {
    return async (port) => {
      const start = performance.now();
      const net = await import('node:net');
      await new Promise<void>((resolve) => {
        const socket = isTls
          ? connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write(text))
          : net.connect(port, '127.0.0.1', () => socket.write(text));
        socket.resume();
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
      return performance.now() - start;
    };
  }

  it.each<[what: string, ask: (port: number) => Promise<number>]>([
    ['a head that does not end', closedAfter('POST /validate/prod HTTP/1.1\r\nhost: x\r\n')],
    ['a body that does not end', closedAfter('POST /validate/prod HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{')],
    ['nothing after the handshake', closedAfter('')],
    ['no handshake', closedAfter('', false)],
  ])('%s: the connection is closed, and others are served meanwhile', async (_, ask) => {
    const { port, send: others } = await start({ times });
    const slow = Promise.all(Array.from({ length: 20 }, () => ask(port)));
    expect((await others('/healthz')).status).toBe(200);
    for (const took of await slow) expect(took).toBeLessThan(20_000);
  });

  it('a head of more than 16 KiB is refused', async () => {
    const { send: ask } = await start();
    const headers = { 'x-long': 'x'.repeat(20_000) };
    const answered = await ask('/healthz', { headers }).catch((error: unknown) => ({ status: String(error) }));
    expect(String(answered.status)).toMatch(/431|ECONNRESET|EPIPE/);
  });
});
