/** Brings each event to the region that it is of, and to another one where that does not take it. It keeps nothing. */
import { eventOf, send, serve } from '../lib/service.ts';

/** eu=http://…,us=http://…: the Brokers of the regions; what is of none of them goes to the first. */
const regions = new Map(
  (process.env.REGIONS ?? '').split(',').map((each) => each.trim().split('=', 2) as [string, string]),
);
/** Until when a region that did not answer is asked last. */
const away = new Map<string, number>();
const AWAY_MS = Number(process.env.AWAY_MS ?? 2000);

serve({
  async onEvent(event) {
    const problems: string[] = [];
    for (const name of inOrder(String(event.region ?? ''))) {
      try {
        // takenby: this region passes it on to the others
        await send(eventOf({ ...event, data: event.data, takenby: name }), regions.get(name));
        away.delete(name);
        return undefined;
      } catch (error) {
        away.set(name, Date.now() + AWAY_MS);
        problems.push(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    // 500: whoever sent it has it still, and sends it again
    throw new Error(`no region has taken ${event.id}: ${problems.join('; ')}`);
  },
});

/** The event's own region first, those that are away last. */
function inOrder(own: string): string[] {
  const isAway = (name: string) => Number((away.get(name) ?? 0) > Date.now());
  const isOther = (name: string) => Number(name !== own);
  return [...regions.keys()].sort((left, right) => isAway(left) - isAway(right) || isOther(left) - isOther(right));
}
