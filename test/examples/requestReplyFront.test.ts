/** examples/request-reply/services/front.ts without a clock: it waits for an hour, unless an answer comes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../tools/controlplane/process/wait.ts';
import { Program } from './program.ts';

const QUOTE = JSON.stringify({ article: 'tea' });

let folder: string;
let broker: Server;
/** How often the Broker was asked to take a request. */
let taken: number;
/** What it says to that. */
let takes: number;
let front: Program;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-front-'));
  taken = 0;
  takes = 202;
  broker = createServer((request, response) => {
    taken++;
    request.resume();
    response.writeHead(takes).end();
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  front = await start();
});

/** On the state of the one before it. */
function start(): Promise<Program> {
  return Program.start('request-reply/services/front.ts', {
    K_SINK: `http://127.0.0.1:${(broker.address() as AddressInfo).port}`,
    STATE_FOLDER: folder,
    WAIT_MS: '3600000',
  });
}

afterEach(async () => {
  await front.kill();
  broker.closeAllConnections();
  broker.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (id: string) => front.ask(`/quotes/${id}`, QUOTE, 'PUT');

async function untilTaken(times: number): Promise<void> {
  await until(`the Broker has ${times} requests`, { seconds: 60 }, () => taken === times);
}

/** Once front has heard that the Broker took it. */
async function untilAsked(id: string): Promise<void> {
  const isAsked = async () => (await front.ask(`/quotes/${id}`)).status === 202;
  await until(`${id} counts as asked for`, { seconds: 60 }, isAsked);
}

function answer(to: string, id = `${to}-given`): Promise<unknown> {
  return front.bring({ id, type: 'quote.given.v1', subject: to, data: { total: 3 } });
}

describe('front', () => {
  it('answers each of two who ask for the same at once', async () => {
    const both = [ask('q-1'), ask('q-1')];
    await untilTaken(2);
    await answer('q-1');
    for (const { status, body } of await Promise.all(both)) expect([status, body]).toEqual([200, '{"total":3}\n']);
  });

  it('answers nobody by what is for another', async () => {
    const [first, second] = [ask('q-1'), ask('error')];
    await untilTaken(2);
    await answer('error');
    expect((await second).status).toBe(200);
    await untilAsked('q-1');
    await answer('q-1');
    expect((await first).status).toBe(200);
  });

  it('has nothing for a quote that nobody asked for', async () => {
    expect(await front.ask('/quotes/q-9')).toEqual({
      status: 404,
      body: '{"error":"nobody asked for q-9; ask for it with PUT /quotes/q-9"}\n',
    });
  });

  it('takes nothing for asked that the Broker did not take', async () => {
    takes = 503;
    expect((await ask('q-1')).status).toBe(503);
    expect((await front.ask('/quotes/q-1')).status).toBe(404);
  });

  it('knows after a crash what was asked for', async () => {
    const asked = ask('q-1').catch(() => 'cut off');
    await untilAsked('q-1');
    await front.kill();
    expect(await asked).toBe('cut off');
    front = await start();
    expect(await front.ask('/quotes/q-1')).toEqual({ status: 202, body: '{"ask":"/quotes/q-1"}\n' });
  });

  it('keeps the first of two answers', async () => {
    await answer('q-1');
    await front.bring({ id: 'another', type: 'quote.given.v1', subject: 'q-1', data: { total: 4 } });
    expect(await ask('q-1')).toEqual({ status: 200, body: '{"total":3}\n' });
  });
});
