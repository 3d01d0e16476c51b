/** The last step: an order in the shape that everybody else takes. */
import { eventOf, serve } from '../lib/service.ts';
import { orderIn } from './legacy.ts';

serve({
  onEvent(event) {
    const { no, cust, amount, country } = orderIn(event);
    return eventOf({
      // the same for each copy of the event: who counts orders tells a duplicate by it
      id: `v2-${event.id}`,
      source: '/shop/orders',
      type: 'order.placed.v2',
      subject: no,
      ...(event.time === undefined ? {} : { time: event.time }),
      data: { order: no, customer: { id: cust, country }, cents: Number(amount.replace(/[.,]/g, '')) },
    });
  },
});
