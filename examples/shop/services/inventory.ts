/** Keeps what an order needs, gives it back when the order is not paid, and counts once a night. */
import { type Event, openInbox } from '../../lib/inbox.ts';
import { serve } from '../../lib/service.ts';
import { type Order, orderIn, reasonIn, shopEvent, whatOf } from './data.ts';

const inbox = openInbox('inventory');
inbox.database.exec(`
  CREATE TABLE IF NOT EXISTS stock (article TEXT PRIMARY KEY, count INTEGER CHECK (count >= 0));
  CREATE TABLE IF NOT EXISTS kept ("order" TEXT, article TEXT, count INTEGER);
  INSERT OR IGNORE INTO stock VALUES ('tea', 100), ('coffee', 100), ('teapot', 3);
`);
const stock = inbox.database.prepare('SELECT article, count FROM stock');
const take = inbox.database.prepare('UPDATE stock SET count = count - ? WHERE article = ?');
const keep = inbox.database.prepare('INSERT INTO kept VALUES (?, ?, ?)');
const kept = inbox.database.prepare('SELECT article, count FROM kept WHERE "order" = ?');
const forget = inbox.database.prepare('DELETE FROM kept WHERE "order" = ?');

serve({
  onEvent(event, path) {
    if (path === '/stocktaking') {
      console.log(`in stock: ${JSON.stringify(inStock())}`);
      return undefined;
    }
    return inbox.once(event, () => {
      const order = orderIn(event.data);
      return whatOf(event) === 'order.created' ? reserve(order) : release(order, reasonIn(event.data));
    });
  },
});

function inStock(): Record<string, number> {
  return Object.fromEntries(stock.all().map(({ article, count }) => [String(article), Number(count)]));
}

function reserve(order: Order): Event {
  const there = inStock();
  const wanted = wantedBy(order);
  const isThere = wanted.every(([article, count]) => (there[article] ?? 0) >= count);
  if (!isThere) return shopEvent('inventory', 'stock.short', order, { because: 'not enough is in stock' });
  for (const [article, count] of wanted) {
    take.run(count, article);
    keep.run(order.order, article, count);
  }
  return shopEvent('inventory', 'stock.reserved', order);
}

/** How much of each article, together: an order may name one twice. */
function wantedBy({ items }: Order): [article: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { article, count } of items) counts.set(article, (counts.get(article) ?? 0) + count);
  return [...counts];
}

/** The compensation: what was kept for the order is for others again. Why, order has yet to learn. */
function release(order: Order, because: string | undefined): Event {
  for (const { article, count } of kept.all(order.order)) take.run(-Number(count), String(article));
  forget.run(order.order);
  return shopEvent('inventory', 'stock.released', order, because === undefined ? {} : { because });
}
