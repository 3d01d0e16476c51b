/** examples/multi-region/front.ts between two Brokers of the test: where each event goes, and where else. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../tools/controlplane/process/wait.ts';
import { Program } from './program.ts';

const SECONDS = 60;

/** A region's Broker. */
class Broker {
  /** What it answers from now on. */
  status = 202;
  /** Of each event that it was asked to take, what the front says of who takes it. */
  readonly asked: unknown[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(request.headers['ce-takenby']);
      request.resume();
      response.writeHead(this.status).end();
    });
  }

  async url(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

let eu: Broker;
let us: Broker;
let front: Program;
let counter = 0;

beforeEach(() => {
  [eu, us] = [new Broker(), new Broker()];
});

afterEach(async () => {
  await front.kill();
  for (const broker of [eu, us]) broker.close();
});

/** @param awayMs how long it asks a region last that has failed: for ever, unless said */
async function start(awayMs = 3_600_000): Promise<void> {
  const REGIONS = `eu=${await eu.url()},us=${await us.url()}`;
  front = await Program.start('multi-region/front.ts', { REGIONS, AWAY_MS: String(awayMs) });
}

/** @returns the front's answer: 2xx only when a region has it */
async function order(region: string): Promise<number> {
  const event = { id: `o-${++counter}`, type: 'order.placed.v1', region, data: { cents: 100 } };
  return (await front.bring(event)).status;
}

describe('the front', () => {
  it('brings an event to its own region, and to the first where it is of none', async () => {
    await start();
    expect([await order('us'), await order('eu'), await order('asia')]).toEqual([204, 204, 204]);
    expect([eu.asked, us.asked]).toEqual([['eu', 'eu'], ['us']]);
  });

  it('brings it to the other region in the same request where its own does not take it', async () => {
    await start();
    eu.status = 503;
    expect(await order('eu')).toBe(204);
    expect([eu.asked, us.asked]).toEqual([['eu'], ['us']]);
  });

  it('asks a region last that has just failed', async () => {
    await start();
    eu.status = 503;
    expect([await order('eu'), await order('eu')]).toEqual([204, 204]);
    expect([eu.asked, us.asked]).toEqual([['eu'], ['us', 'us']]);
  });

  it('asks it first again after a while', async () => {
    await start(100);
    eu.status = 503;
    await order('eu');
    eu.status = 202;
    await until('it is asked again', { seconds: SECONDS }, async () => {
      expect(await order('eu')).toBe(204);
      return eu.asked.length > 1;
    });
  });

  it('takes nothing that no region takes, and takes it once one does', async () => {
    await start();
    eu.status = 503;
    us.status = 503;
    expect(await order('eu')).toBe(500);
    us.status = 202;
    expect(await order('eu')).toBe(204);
  });
});
