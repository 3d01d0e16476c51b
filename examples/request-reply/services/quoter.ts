/** Says what something costs: an event comes, and its answer goes back the way that it came. It knows nothing of HTTP. */
import { openInbox } from '../../lib/inbox.ts';
import { eventOf, Refused, serve } from '../../lib/service.ts';

const PRICES: Readonly<Record<string, number>> = { tea: 3, coffee: 4 };

const inbox = openInbox('quoter');
inbox.database.exec('CREATE TABLE IF NOT EXISTS quotes (number INTEGER PRIMARY KEY, request TEXT)');
const note = inbox.database.prepare('INSERT INTO quotes (request) VALUES (?)');

serve({
  async onEvent(event) {
    const { article = '', count = 1, takes = 0 } = Object(event.data);
    const price = PRICES[article];
    if (price === undefined) throw new Refused(`nobody sells ${article}`);
    await new Promise((resolve) => setTimeout(resolve, Number(takes)));
    return inbox.once(event, () => {
      const { lastInsertRowid } = note.run(event.id);
      const data = { number: Number(lastInsertRowid), article, total: price * Number(count) };
      return eventOf({ id: `${event.id}-given`, source: '/quoter', type: 'quote.given.v1', subject: event.id, data });
    });
  },
});
