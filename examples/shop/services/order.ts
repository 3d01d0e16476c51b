/** Takes orders, tells the others by an event, and learns from theirs what became of an order. */
import { randomUUID } from 'node:crypto';
import { type Event, openInbox } from '../../lib/inbox.ts';
import { type Answer, Refused, type Request, send, serve } from '../../lib/service.ts';
import { type Order, orderIn, shopEvent, whatOf } from './data.ts';

const inbox = openInbox('order');
inbox.database.exec('CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, state TEXT)');
const insert = inbox.database.prepare("INSERT OR IGNORE INTO orders VALUES (?, 'placed')");
const change = inbox.database.prepare('UPDATE orders SET state = ? WHERE id = ?');
const find = inbox.database.prepare('SELECT id, state FROM orders WHERE id = ?');

serve({
  async onEvent(event, path) {
    if (path === '/marketplaces') return void (await place(orderIn(event.data)));
    return inbox.once(event, () => next(event));
  },

  async onRequest({ method, url, body }) {
    if (method === 'POST' && url.pathname === '/orders') return take(body);
    const row = find.get(url.pathname.replace('/orders/', ''));
    return row === undefined ? { status: 404 } : { status: 200, body: row };
  },
});

/** Who says the order's name can ask again, and makes no second order. */
async function take(body: Request['body']): Promise<Answer> {
  try {
    const order = orderIn({ order: randomUUID(), ...JSON.parse(body) });
    await place(order);
    return { status: 202, body: { order: order.order } };
  } catch (error) {
    const isTheirs = error instanceof Refused || error instanceof SyntaxError;
    return { status: isTheirs ? 400 : 503, body: { error: String(error) } };
  }
}

/** The Broker's 202 says that the event is kept; only then is the customer told that the order is. */
async function place(order: Order): Promise<void> {
  insert.run(order.order);
  await send(shopEvent('order', 'order.created', order));
}

function next(event: Event): Event | undefined {
  const order = orderIn(event.data);
  const isSent = whatOf(event) === 'parcel.sent';
  change.run(isSent ? 'sent' : 'cancelled', order.order);
  return isSent ? undefined : shopEvent('order', 'order.cancelled', order, { because: whatOf(event) });
}
