/** Takes the money, or says that it did not come. */
import { type Event, openInbox } from '../../lib/inbox.ts';
import { serve } from '../../lib/service.ts';
import { orderIn, shopEvent } from './data.ts';

const { PAYMENT_PROVIDER = '', PROVIDER_KEY = '', CURRENCY = 'EUR' } = process.env;
const inbox = openInbox('payment');
inbox.database.exec('CREATE TABLE IF NOT EXISTS payments ("order" TEXT PRIMARY KEY, total REAL)');
const write = inbox.database.prepare('INSERT INTO payments VALUES (?, ?)');

serve({
  async onEvent(event) {
    const order = orderIn(event.data);
    const isPaid = await charge(event, order.total, order.card);
    return inbox.once(event, () => {
      if (!isPaid) return shopEvent('payment', 'payment.failed', order, { because: 'the card was declined' });
      write.run(order.order, order.total);
      return shopEvent('payment', 'payment.completed', order);
    });
  },
});

/**
 * Where the request to the provider would be. It is outside of the transaction, and may be sent twice: the event's id as
 * `Idempotency-Key` has the provider charge once, and give its first answer again.
 */
async function charge(event: Event, total: number, card: string): Promise<boolean> {
  const key = PROVIDER_KEY === '' ? 'no key' : 'a key';
  console.log(`${PAYMENT_PROVIDER} (with ${key}, Idempotency-Key: ${event.id}): ${total} ${CURRENCY}`);
  return card !== 'declined';
}
