/** The first step: what is broken is refused, what is of no interest goes no further, the rest goes on as it is. */
import { serve } from '../lib/service.ts';
import { orderIn } from './legacy.ts';

serve({
  onEvent(event) {
    const order = orderIn(event);
    // no answer: the Sequence ends here for this event
    return order.test === 'X' ? undefined : event;
  },
});
