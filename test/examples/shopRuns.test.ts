/** examples/shop on `weir up`: overlays/dev as it stands, through the policies of dev, with orders from the first event to the letter. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { built, describeBuilds } from '../overlays/kustomize.ts';
import { flat, type Platform, startPlatform, typesIn } from './platform.ts';

jest.setTimeout(600_000);

let platform: Platform;

const order = (id: string, more: object = {}) =>
  JSON.stringify({ order: id, items: [{ article: 'tea', count: 2 }], total: 12.5, ...more });

/** What a service has written down. */
function written(service: string, sql: string): Record<string, unknown>[] {
  return platform.rows(`state/${service}.db`, sql);
}

function lettersOf(id: string): unknown[] {
  return written('notification', `SELECT text FROM letters WHERE "order" = '${id}' ORDER BY text`).map(
    ({ text }) => text,
  );
}

const tea = () => written('inventory', "SELECT count FROM stock WHERE article = 'tea'")[0]?.count;
const payments = () => written('payment', 'SELECT * FROM payments');
const parcels = () => written('shipping', 'SELECT * FROM parcels');

/** Of the shop's events that came of the order, in their order in the tree. */
async function wayOf(id: string): Promise<string[]> {
  return typesIn(await platform.trace(`${id}-order.created`)).map((type) => type.replace('com.example.shop.', ''));
}

describeBuilds('the shop on weir up', () => {
  beforeAll(async () => {
    platform = await startPlatform('shop', { namespace: 'shop-dev' });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'payment-provider' } };
    await platform.apply({ ...secret, stringData: { key: 'sandbox' } }, ...built('examples/shop/overlays/dev'));
  }, 600_000);

  afterAll(async () => platform?.end(), 300_000);

  it('brings an order from the stock through payment and parcel to the letter', async () => {
    expect((await platform.ask('order', '/orders', order('o-1'))).status).toBe(202);
    await platform.until(() => lettersOf('o-1').length === 2, 'both letters');
    expect(lettersOf('o-1')).toEqual(['we have your order', 'your parcel is on its way']);
    await platform.until(async () => (await platform.ask('order', '/orders/o-1')).body.includes('sent'), 'it is sent');
    expect(await wayOf('o-1')).toEqual([
      'order.created.v1',
      'stock.reserved.v1',
      'payment.completed.v1',
      'parcel.sent.v1',
    ]);
    expect(tea()).toBe(98);
    // also back to order, which may have ended before it wrote it down
    const [created] = (await platform.trace('o-1-order.created')).events;
    expect(created?.lanes.map(({ lane }) => lane)).toContain('trigger:shop-dev/row-of-order');
  });

  it('gives back what was kept for an order that is not paid, cancels it, and says so', async () => {
    expect((await platform.ask('order', '/orders', order('o-2', { card: 'declined' }))).status).toBe(202);
    await platform.until(() => lettersOf('o-2').length === 2, 'both letters');
    expect(lettersOf('o-2')).toContain('we are sorry: the card was declined; nothing comes, and you pay nothing');
    expect((await platform.ask('order', '/orders/o-2')).body).toBe('{"id":"o-2","state":"cancelled"}\n');
    expect(await wayOf('o-2')).toEqual([
      'order.created.v1',
      'stock.reserved.v1',
      'payment.failed.v1',
      'stock.released.v1',
      'order.cancelled.v1',
    ]);
    const cancelled = flat(await platform.trace('o-2-order.created')).at(-1);
    expect(cancelled?.event.data).toMatchObject({ because: 'the card was declined' });
    expect(tea()).toBe(98);
    expect(parcels()).toEqual([{ number: 1, order: 'o-1' }]);
    const { stdout } = await platform.events('trace', 'o-2-order.created', '-n', 'shop-dev');
    expect(stdout).toMatch(/trigger release-of-payment {2}delivered, 200 .*\n.*stock\.released\.v1/);
  });

  it('takes no money for what is not in stock', async () => {
    const many = order('o-3', { items: [{ article: 'teapot', count: 5 }] });
    expect((await platform.ask('order', '/orders', many)).status).toBe(202);
    await platform.until(() => lettersOf('o-3').length === 2, 'both letters');
    expect(await wayOf('o-3')).toEqual(['order.created.v1', 'stock.short.v1', 'order.cancelled.v1']);
    expect(payments()).toEqual([{ order: 'o-1', total: 12.5 }]);
  });

  it('does nothing twice for an order that is sent twice, by a customer or by a Broker', async () => {
    expect((await platform.ask('order', '/orders', order('o-1'))).status).toBe(202);
    // each answer of the first is given again, and known where it comes
    const isThrough = async () => {
      const events = flat(await platform.trace('o-1-order.created'));
      const parcels = events.filter(({ event }) => event.type === 'com.example.shop.parcel.sent.v1');
      return parcels.length === 2 && parcels.every(({ lanes }) => lanes.every(({ state }) => state === 'delivered'));
    };
    await platform.until(isThrough, 'the second has gone the whole way');
    expect(lettersOf('o-1').length).toBe(2);
    expect(payments()).toEqual([{ order: 'o-1', total: 12.5 }]);
    expect(parcels()).toEqual([{ number: 1, order: 'o-1' }]);
    expect(tea()).toBe(98);
  });

  it('keeps an event that nobody can take among the dead letters', async () => {
    const nonsense = { id: 'x-1', type: 'com.example.shop.stock.reserved.v1', data: { order: '../x' } };
    expect(await platform.send(nonsense)).toBe(202);
    const dead = () => written('dead-letters', 'SELECT id, code FROM letters');
    await platform.until(() => dead().length > 0, 'the dead letter');
    expect(dead()).toEqual([{ id: 'x-1', code: '400' }]);
  });

  it('refuses an order of which it cannot tell what it is', async () => {
    expect(await platform.ask('order', '/orders', '{"items": []}')).toMatchObject({ status: 400 });
    expect(await platform.ask('order', '/orders', 'tea')).toMatchObject({ status: 400 });
  });
});
