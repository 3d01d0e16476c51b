/** Writes to the customer. */
import { openInbox } from '../../lib/inbox.ts';
import { serve } from '../../lib/service.ts';
import { orderIn, reasonIn, whatOf } from './data.ts';

const LETTERS: Readonly<Record<string, (because: string) => string>> = {
  'order.created': () => 'we have your order',
  'parcel.sent': () => 'your parcel is on its way',
  'order.cancelled': (because) => `we are sorry: ${because}; nothing comes, and you pay nothing`,
};

const inbox = openInbox('notification');
inbox.database.exec('CREATE TABLE IF NOT EXISTS letters ("order" TEXT, text TEXT)');
const write = inbox.database.prepare('INSERT INTO letters VALUES (?, ?)');

serve({
  onEvent: (event) =>
    inbox.once(event, () => {
      const { order } = orderIn(event.data);
      const because = reasonIn(event.data) ?? 'something went wrong';
      const text = LETTERS[whatOf(event)]?.(because) ?? event.type;
      write.run(order, text);
      console.log(`to the customer of ${order}: ${text}`);
      return undefined;
    }),
});
