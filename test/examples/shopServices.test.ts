/** examples/shop, a service at a time: what a Broker that is away, a crash and an odd order must not break. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SentEvent } from './platform.ts';
import { Program } from './program.ts';

const ORDER = { order: 'o-1', items: [{ article: 'tea', count: 2 }], total: 12.5 };

let folder: string;
let programs: Program[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'weir-shop-'));
  programs = [];
});

afterEach(async () => {
  await Promise.all(programs.map((each) => each.kill()));
  rmSync(folder, { recursive: true, force: true });
});

/** On the state of the one before it. */
async function start(service: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
  const program = await Program.start(`shop/services/${service}.ts`, { STATE_FOLDER: folder, ...env });
  programs.push(program);
  return program;
}

/** What happens to who brings an event of the shop. */
function anEvent(what: string, data: object = ORDER): SentEvent {
  return { id: `o-1-${what}`, type: `com.example.shop.${what}.v1`, data };
}

describe('order', () => {
  let broker: Server;
  /** What the Broker does with an event. @returns its status; none where it never answers */
  let onEvent: () => number | undefined | Promise<undefined>;
  let order: Program;

  beforeEach(async () => {
    broker = createServer(async (request, response) => {
      request.resume();
      const status = await onEvent();
      if (status !== undefined) response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
    order = await startOrder();
  });

  afterEach(() => {
    broker.closeAllConnections();
    broker.close();
  });

  function startOrder(): Promise<Program> {
    return start('order', { K_SINK: `http://127.0.0.1:${(broker.address() as AddressInfo).port}` });
  }

  const place = () => order.ask('/orders', JSON.stringify(ORDER));

  async function state(): Promise<unknown> {
    const { status, body } = await order.ask('/orders/o-1');
    return status === 200 ? JSON.parse(body).state : status;
  }

  it('has no order that the Broker did not take, and has it once it does', async () => {
    onEvent = () => 503;
    expect((await place()).status).toBe(503);
    expect(await state()).toBe(404);
    onEvent = () => 202;
    expect((await place()).status).toBe(202);
    expect(await state()).toBe('placed');
  });

  it('has an order that the Broker has, also where it was killed before it wrote that down', async () => {
    const killed = new Promise<void>((resolve) => {
      onEvent = async () => {
        await order.kill();
        resolve();
        return undefined;
      };
    });
    await expect(place()).rejects.toThrow();
    await killed;
    order = await startOrder();
    expect((await order.bring(anEvent('order.created'))).status).toBe(204);
    expect(await state()).toBe('placed');
  });

  it.each([
    { what: 'parcel.sent', ends: 'sent' },
    { what: 'stock.short', ends: 'cancelled' },
    { what: 'stock.released', ends: 'cancelled' },
  ])('is $ends by $what, also where its own event comes after that', async ({ what, ends }) => {
    await order.bring(anEvent(what));
    await order.bring(anEvent('order.created'));
    expect(await state()).toBe(ends);
  });

  it.each([
    { what: 'stock.released', because: 'the card was declined' },
    { what: 'stock.short', because: 'not enough is in stock' },
  ])('says when $what why it is cancelled: $because', async ({ what, because }) => {
    const { type, body } = await order.bring(anEvent(what, { ...ORDER, because }));
    expect(type).toBe('com.example.shop.order.cancelled.v1');
    expect(JSON.parse(body)).toEqual({ ...ORDER, card: '', because });
  });

  it('says at least after what it is cancelled, where that names no reason', async () => {
    const { body } = await order.bring(anEvent('stock.released'));
    expect(JSON.parse(body)).toMatchObject({ because: 'stock.released' });
  });

  it('says that there is no order of that name', async () => {
    expect(await order.ask('/orders/o-9')).toEqual({ status: 404, body: '{"error":"there is no order o-9"}\n' });
  });

  it('refuses an end that it does not know', async () => {
    expect(await order.bring(anEvent('stock.reserved'))).toMatchObject({
      status: 400,
      body: 'an order does not end by stock.reserved',
    });
    expect(await state()).toBe(404);
  });
});

describe('inventory', () => {
  /** What comes of orders, one after another. */
  async function reserve(...orders: readonly (readonly [article: string, count: number][])[]): Promise<string[]> {
    const inventory = await start('inventory');
    const types: string[] = [];
    for (const [index, items] of orders.entries()) {
      const data = { ...ORDER, items: items.map(([article, count]) => ({ article, count })) };
      const { type } = await inventory.bring({ ...anEvent('order.created', data), id: `o-${index}` });
      types.push(type.replace('com.example.shop.', ''));
    }
    return types;
  }

  it('keeps together what an order asks for twice', async () => {
    const ways = await reserve(
      [
        ['teapot', 2],
        ['teapot', 2],
      ],
      [
        ['teapot', 1],
        ['teapot', 2],
      ],
      [['teapot', 1]],
    );
    expect(ways).toEqual(['stock.short.v1', 'stock.reserved.v1', 'stock.short.v1']);
  });

  it('says why it keeps nothing, and passes on why it gives back', async () => {
    const inventory = await start('inventory');
    const short = await inventory.bring(
      anEvent('order.created', { ...ORDER, items: [{ article: 'tea', count: 101 }] }),
    );
    expect(JSON.parse(short.body)).toMatchObject({ because: 'not enough is in stock' });
    const failed = anEvent('payment.failed', { ...ORDER, because: 'the card was declined' });
    const released = await inventory.bring(failed);
    expect(released.type).toBe('com.example.shop.stock.released.v1');
    expect(JSON.parse(released.body)).toMatchObject({ because: 'the card was declined' });
  });

  it('has nothing of an article that it does not know', async () => {
    expect(await reserve([['gold', 1]], [['constructor', 1]])).toEqual(['stock.short.v1', 'stock.short.v1']);
  });
});

describe('notification', () => {
  it('tells the customer why nothing comes', async () => {
    const notification = await start('notification');
    await notification.bring(anEvent('order.cancelled', { ...ORDER, because: 'the card was declined' }));
    const database = new DatabaseSync(path.join(folder, 'notification.db'));
    expect(database.prepare('SELECT text FROM letters').all()).toEqual([
      { text: 'we are sorry: the card was declined; nothing comes, and you pay nothing' },
    ]);
    database.close();
  });
});
