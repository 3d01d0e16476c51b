/** A region's orders: its own, and those that the other region has taken. */
import { openInbox } from '../lib/inbox.ts';
import { Refused, serve } from '../lib/service.ts';

const { REGION = '' } = process.env;
const inbox = openInbox('orders');
const { database } = inbox;
database.exec('CREATE TABLE IF NOT EXISTS orders (id TEXT, taken_by TEXT, cents INTEGER)');

serve({
  onEvent: (event) =>
    inbox.once(event, () => {
      const { subject = '', takenby = REGION, data } = event;
      if (!isOrder(data) || subject === '') throw new Refused('an order has its number as subject, and data.cents');
      database.prepare('INSERT INTO orders VALUES (?, ?, ?)').run(subject, String(takenby), data.cents);
      return undefined;
    }),
  onRequest: ({ url }) =>
    url.pathname === '/orders'
      ? { status: 200, body: { region: REGION, orders: database.prepare('SELECT * FROM orders ORDER BY id').all() } }
      : { status: 404 },
});

function isOrder(data: unknown): data is { cents: number } {
  return typeof data === 'object' && data !== null && 'cents' in data && Number.isSafeInteger(data.cents);
}
