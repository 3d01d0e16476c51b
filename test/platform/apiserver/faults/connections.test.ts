/** Connections that are many, slow, half open or never read: held in bounds, and in nobody's way. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listen, PATIENCE } from '../../../../src/platform/apiserver/http/listen.ts';
import { LOOPBACK, serverCertificateIn } from '../../../../src/tls/folder.ts';
import { newFolder } from '../servers.ts';
import { aProcess, type Memory, type ServerProcess } from './process.ts';

jest.setTimeout(300_000);

const MAPS = '/api/v1/namespaces/default/configmaps';
const MEGABYTE = 1024 * 1024;
const WATCHES = Number(process.env.WEIR_WATCHES ?? 300);
const HALF_OPEN = Number(process.env.WEIR_HALF_OPEN ?? 500);

const folder = newFolder();
let server: ServerProcess;
beforeAll(async () => {
  server = await aProcess({ folder });
  await server.send('GET', MAPS);
});
afterAll(async () => {
  expect(await server.ask('errors')).toEqual([]);
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function isServing(): Promise<void> {
  expect((await server.send('GET', '/readyz')).text).toBe('ok');
  expect((await server.send('GET', MAPS)).code).toBe(200);
}

/** Resolves when it is closed, also by a reset: a server that cuts a client which still writes sends one. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}

interface OpenWatch {
  /** Resolves with the first line that has the text in it. */
  told(text: string): Promise<void>;
  end(): void;
}

/** @param agent keeps the session, so that a thousand handshakes are short ones */
async function openWatch(agent: Agent): Promise<OpenWatch> {
  const headers = { authorization: `Bearer ${server.token}` };
  const target = `${MAPS}?watch=1&labelSelector=told`;
  const sent = request({ host: '127.0.0.1', port: server.port, path: target, headers, agent });
  sent.on('error', () => {});
  sent.end();
  const [response] = await once(sent, 'response');
  let text = '';
  let look = (): void => {};
  response.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-2000);
    look();
  });
  response.on('error', () => {});
  return {
    told(part) {
      return new Promise((resolve) => {
        look = () => {
          if (text.includes(part)) resolve();
        };
        look();
      });
    },
    end: () => sent.destroy(),
  };
}

it('a connection outlives large requests that follow large answers at once', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const data = { text: 'x'.repeat(500_000) };
  const codes = new Set<number>();
  for (let round = 0; round < 60; round++) {
    const body = { metadata: { name: 'large', labels: { round: String(round) } }, data };
    const target = round === 0 ? MAPS : `${MAPS}/large`;
    codes.add((await server.send(round === 0 ? 'POST' : 'PUT', target, { body, agent })).code);
  }
  agent.destroy();
  expect([...codes].sort()).toEqual([200, 201]);
});

describe('idle watches', () => {
  it(`${WATCHES} take little, and a write reaches all of them`, async () => {
    const agent = new Agent({ ca: server.ca, servername: 'localhost' });
    const before = await server.ask<Memory>('memory');
    const watches: OpenWatch[] = [];
    while (watches.length < WATCHES) {
      const some = Math.min(20, WATCHES - watches.length);
      watches.push(...(await Promise.all(Array.from({ length: some }, () => openWatch(agent)))));
    }
    const during = await server.ask<Memory>('memory');

    const began = performance.now();
    const all = Promise.all(watches.map((each) => each.told('"told-1"')));
    await server.send('POST', MAPS, { body: { metadata: { name: 'told-1', labels: { told: 'yes' } } } });
    await all;
    const milliseconds = performance.now() - began;
    await isServing();

    for (const each of watches) each.end();
    agent.destroy();
    const resident = (during.resident - before.resident) / WATCHES / 1024;
    const live = (during.live - before.live) / WATCHES / 1024;
    if (process.env.WEIR_WATCHES !== undefined) {
      const each = `${Math.round(resident)} KB resident, ${Math.round(live)} KB in V8`;
      process.stderr.write(`${WATCHES} watches: ${each} each; a write reached all in ${Math.round(milliseconds)} ms\n`);
    }
    expect(resident).toBeLessThan(250);
    expect(live).toBeLessThan(100);
  });
});

describe('watches that nobody reads', () => {
  it('hold no more than a few events each, and are cut after a minute', async () => {
    const readers = 30;
    const sockets = await Promise.all(Array.from({ length: readers }, () => server.connect()));
    for (const socket of sockets) {
      socket.pause();
      const lines = [`GET ${MAPS}?watch=1 HTTP/1.1`, `Host: localhost:${server.port}`];
      socket.write([...lines, `Authorization: Bearer ${server.token}`, '', ''].join('\r\n'));
    }
    const before = await server.ask<Memory>('memory');
    const data = { text: 'x'.repeat(500_000) };
    for (let round = 0; round < 60; round++) {
      const headers = { 'content-type': 'application/merge-patch+json' };
      const body = { metadata: { name: 'unread', labels: { round: String(round) } }, data };
      const made =
        round === 0
          ? await server.send('POST', MAPS, { body })
          : await server.send('PATCH', `${MAPS}/unread`, { body, headers });
      expect([made.code, made.code === 0 && made.text]).toEqual([round === 0 ? 201 : 200, false]);
    }
    // all of it for each would be 900 MB
    const during = await server.ask<Memory>('memory');
    expect(during.resident - before.resident).toBeLessThan(350 * MEGABYTE);
    await isServing();

    await server.ask('jump 61000');
    const cut = Promise.all(sockets.map((socket) => closed(socket)));
    for (const socket of sockets) socket.resume();
    await cut;
    await isServing();
    await server.send('DELETE', `${MAPS}/unread`);
  });
});

describe('connections that begin and do not go on', () => {
  it(`${HALF_OPEN} are in nobody's way`, async () => {
    const sockets: Socket[] = [];
    for (let index = 0; index < HALF_OPEN; index++) {
      const socket = connectTcp(server.port, '127.0.0.1');
      socket.on('error', () => {});
      if (index % 2 === 0) socket.once('connect', () => socket.write(Buffer.from([0x16, 3, 1, 2, 0])));
      sockets.push(socket);
      if (index % 50 === 0) await once(socket, 'connect');
    }
    await isServing();
    const { body } = await server.send('POST', MAPS, { body: { metadata: { generateName: 'half-open-' } } });
    expect(body).toMatchObject({ kind: 'ConfigMap' });
    for (const socket of sockets) socket.destroy();
    await isServing();
  });

  const patience: typeof PATIENCE = { handshake: 300, headers: 300, request: 600, keepAlive: 300, look: 50 };
  it.each<{ what: string; isSecure: boolean; text: string; then: string }>`
    what                       | isSecure | text                                                                  | then
    ${'no handshake'}          | ${false} | ${''}                                                                 | ${''}
    ${'half a handshake'}      | ${false} | ${'\x16\x03\x01'}                                                     | ${''}
    ${'nothing'}               | ${true}  | ${''}                                                                 | ${''}
    ${'half a header'}         | ${true}  | ${'GET / HTTP/1.1\r\nHost: a\r\nX-'}                                  | ${''}
    ${'a header that goes on'} | ${true}  | ${'GET / HTTP/1.1\r\nHost: a\r\n'}                                    | ${'X-A: b\r\n'}
    ${'a body that goes on'}   | ${true}  | ${'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n'}      | ${'a'}
    ${'chunks that go on'}     | ${true}  | ${'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'} | ${'1\r\na\r\n'}
  `('with $what are cut', async ({ isSecure, text, then }) => {
    const clock = { now: () => new Date(), after: () => () => {} };
    const authority = { organization: 'Weir', commonName: 'Weir tests' };
    const certified = { folder: `${folder}/patience`, authority, served: LOOPBACK, clock };
    const certificate = await serverCertificateIn(certified);
    const listening = await listen({ port: 0, ...certificate, patience }, (asked) => asked.resume());
    const { port } = listening;
    const socket = isSecure
      ? connect({ port, host: '127.0.0.1', ca: certificate.authority, servername: 'localhost' })
      : connectTcp(port, '127.0.0.1');
    socket.on('data', () => {});
    const cut = closed(socket);
    socket.write(text, 'latin1');
    const drip = setInterval(() => then !== '' && socket.writable && socket.write(then), 20);
    await cut;
    clearInterval(drip);
    await listening.close();
  });

  it('have less than a minute by default', () => {
    expect(PATIENCE.handshake + PATIENCE.headers + PATIENCE.look).toBeLessThan(60_000);
    expect(PATIENCE.request).toBeLessThanOrEqual(60_000);
  });
});
