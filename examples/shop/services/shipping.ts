/** Sends the parcel once it is paid. */
import { openInbox } from '../../lib/inbox.ts';
import { serve } from '../../lib/service.ts';
import { orderIn, shopEvent } from './data.ts';

const inbox = openInbox('shipping');
inbox.database.exec('CREATE TABLE IF NOT EXISTS parcels (number INTEGER PRIMARY KEY, "order" TEXT)');
const pack = inbox.database.prepare('INSERT INTO parcels ("order") VALUES (?)');

serve({
  onEvent: (event) =>
    inbox.once(event, () => {
      const order = orderIn(event.data);
      const { lastInsertRowid } = pack.run(order.order);
      return shopEvent('shipping', 'parcel.sent', order, { parcel: Number(lastInsertRowid) });
    }),
});
