/** What Knative's event_display does: it shows each event that comes, and answers none. */
import { serve } from '../lib/service.ts';

serve({
  onEvent(event) {
    console.log(JSON.stringify(event));
    return undefined;
  },
});
