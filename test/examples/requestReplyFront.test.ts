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
let front: Program;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-front-'));
  taken = 0;
  broker = createServer((request, response) => {
    taken++;
    request.resume();
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  front = await Program.start('request-reply/services/front.ts', {
    K_SINK: `http://127.0.0.1:${(broker.address() as AddressInfo).port}`,
    STATE_FOLDER: folder,
    WAIT_MS: '3600000',
  });
});

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
    expect((await front.ask('/quotes/q-1')).status).toBe(202);
    await answer('q-1');
    expect((await first).status).toBe(200);
  });

  it('keeps the first of two answers', async () => {
    await answer('q-1');
    await front.bring({ id: 'another', type: 'quote.given.v1', subject: 'q-1', data: { total: 4 } });
    expect(await ask('q-1')).toEqual({ status: 200, body: '{"total":3}\n' });
  });
});
