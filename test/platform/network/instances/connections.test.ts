import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Call, CallHandler, CallRequest } from '../../../../src/platform/network/exchange/call.ts';
import { readRequestHead } from '../../../../src/platform/network/http1/head.ts';
import { Connections } from '../../../../src/platform/network/instances/connections.ts';
import { HandClock } from '../clock.ts';
import { eventually } from '../harness.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A program that counts its connections, and the connections to it. */
async function started(keepAliveSeconds = 60) {
  const clock = new HandClock();
  let connections = 0;
  const server = createServer((_request, response) => response.end('hello'));
  server.keepAliveTimeout = keepAliveSeconds * 1000;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const all = new Connections({ port: (server.address() as AddressInfo).port }, clock);
  closing.push(() => {
    all.close();
    server.closeAllConnections();
    server.close();
  });
  return { clock, all, count: () => connections };
}

function requestOf(method: string): CallRequest {
  return {
    request: readRequestHead(`${method} / HTTP/1.1\r\nHost: a\r\n`),
    path: '/',
    authority: 'a',
    fields: [],
    isReplayable: method === 'GET',
  };
}

async function ask(all: Connections, method = 'GET', onBody: (call: Call) => void = () => undefined): Promise<string> {
  let text = '';
  let isOver = false;
  let call: Call | undefined;
  const handler: CallHandler = {
    onConnected: () => undefined,
    onInterim: () => undefined,
    onHead: () => undefined,
    onBody(chunk) {
      text += chunk.toString();
      if (call !== undefined) onBody(call);
    },
    onBodyEnd() {
      isOver = true;
    },
    onRead: () => undefined,
    onDrained: () => undefined,
    onFailed({ message }) {
      text = message;
      isOver = true;
    },
  };
  call = all.call(requestOf(method), handler);
  await eventually(() => isOver);
  return text;
}

describe('connections to an instance', () => {
  it('are used again, also where the last answer ended while nobody read on', async () => {
    const { all, count } = await started();
    expect(await ask(all, 'GET', (call) => call.pause())).toBe('hello');
    expect(await ask(all)).toBe('hello');
    expect(count()).toBe(1);
  });

  it.each<{ method: string; idle: number; keepAlive: number; connections: number }>`
    method    | idle      | keepAlive | connections
    ${'GET'}  | ${400}    | ${60}     | ${1}
    ${'POST'} | ${400}    | ${60}     | ${1}
    ${'POST'} | ${600}    | ${60}     | ${2}
    ${'GET'}  | ${600}    | ${60}     | ${1}
    ${'GET'}  | ${58_000} | ${60}     | ${1}
    ${'GET'}  | ${59_500} | ${60}     | ${2}
    ${'GET'}  | ${3_900}  | ${5}      | ${1}
    ${'GET'}  | ${4_100}  | ${5}      | ${2}
  `(
    '$method after $idle ms takes $connections in all (keep-alive $keepAlive s)',
    async ({ method, idle, keepAlive, connections }) => {
      const { all, count, clock } = await started(keepAlive);
      await ask(all);
      clock.pass(idle);
      expect(await ask(all, method)).toBe('hello');
      expect(count()).toBe(connections);
    },
  );

  it('are not kept after the instance is through', async () => {
    const { all, count } = await started();
    await ask(all);
    all.close();
    await ask(all);
    await ask(all);
    expect(count()).toBe(3);
  });
});
