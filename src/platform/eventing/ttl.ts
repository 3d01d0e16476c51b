/** How often an event may come back into its Broker as a reply (knative/eventing pkg/broker/ttl.go). */
import type { CloudEvent } from '../../cloudevents/event.ts';

export const TTL = 'knativebrokerttl';
/** Where an event brings none along. */
const FIRST = 255;

/**
 * The event's turns with one less; undefined where it has none left. What is no number counts as none given, and of a
 * fraction the whole part counts (cloudevents/sdk-go types.ToInteger).
 */
export function turnsLeft({ attributes }: CloudEvent): number | undefined {
  const text = String(attributes.get(TTL) ?? '').trim();
  const given = text === '' ? Number.NaN : Number(text);
  const left = Number.isFinite(given) ? Math.trunc(given) - 1 : FIRST;
  return left > 0 ? left : undefined;
}

/** Turns are counted in Brokers alone: nothing goes back into a Channel by itself. */
export function isCounted(topic: string): boolean {
  return topic.startsWith('broker:');
}

/** Whether an answer to an event may come to where that came from: it has the turns that its cause had left. */
export function mayReenter(topic: string, cause: CloudEvent): boolean {
  return !isCounted(topic) || turnsLeft(cause) !== undefined;
}
