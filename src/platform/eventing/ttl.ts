/** How often an event may come back into its Broker as a reply (knative/eventing pkg/broker/ttl.go). */
import type { CloudEvent } from '../../cloudevents/event.ts';

export const TTL = 'knativebrokerttl';
/** Where an event brings none along. */
const FIRST = 255;

/** The event's turns with one less; undefined where it has none left. What is no number counts as none given. */
export function turnsLeft({ attributes }: CloudEvent): number | undefined {
  const given = Number(attributes.get(TTL) ?? Number.NaN);
  const left = Number.isInteger(given) ? given - 1 : FIRST;
  return left > 0 ? left : undefined;
}
