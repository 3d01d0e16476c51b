/** Takes orders, tells the others by an event, and learns from theirs what became of an order. */
import { randomUUID } from 'node:crypto';
import { type Event, openInbox } from '../../lib/inbox.ts';
import { type Answer, Refused, type Request, send, serve } from '../../lib/service.ts';
import { type Order, orderIn, reasonIn, shopEvent, whatOf } from './data.ts';

const ENDS: Readonly<Record<string, string>> = {
  'parcel.sent': 'sent',
  'stock.short': 'cancelled',
  'stock.released': 'cancelled',
};

const inbox = openInbox('order');
inbox.database.exec('CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, state TEXT)');
const begin = inbox.database.prepare("INSERT OR IGNORE INTO orders VALUES (?, 'placed')");
// also of an order that is not there yet: what came of it may come before its own event
const end = inbox.database.prepare('INSERT OR REPLACE INTO orders VALUES (?, ?)');
const find = inbox.database.prepare('SELECT id, state FROM orders WHERE id = ?');

serve({
  async onEvent(event, path) {
    if (path === '/marketplaces') return void (await place(orderIn(event.data)));
    return inbox.once(event, () => next(event));
  },

  async onRequest({ method, url, body }) {
    if (method === 'POST' && url.pathname === '/orders') return take(body);
    const id = url.pathname.replace('/orders/', '');
    const row = find.get(id);
    return row === undefined ? { status: 404, body: { error: `there is no order ${id}` } } : { status: 200, body: row };
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

/**
 * The event first: once the Broker has it, there is an order, and before that there is none. Its row is written here for
 * who asks at once; where this program ends in between, the event brings it, as it comes back by a Trigger.
 */
async function place(order: Order): Promise<void> {
  await send(shopEvent('order', 'order.created', order));
  begin.run(order.order);
}

function next(event: Event): Event | undefined {
  const order = orderIn(event.data);
  const what = whatOf(event);
  if (what === 'order.created') return void begin.run(order.order);
  const state = ENDS[what];
  if (state === undefined) throw new Refused(`an order does not end by ${what}`);
  end.run(order.order, state);
  if (state !== 'cancelled') return undefined;
  return shopEvent('order', 'order.cancelled', order, { because: reasonIn(event.data) ?? what });
}
