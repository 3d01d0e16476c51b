/** How often an event may come back into its Broker as a reply (knative/eventing pkg/broker/ttl.go). */
import type { CloudEvent } from '../../cloudevents/event.ts';

export const TTL = 'knativebrokerttl';
/** Where an event brings none along. */
const FIRST = 255;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INT32 = 2 ** 31;

/**
 * The event's turns with one less; undefined where it has none left. What is no number of 32 bits counts as none given, and
 * of a fraction the whole part counts (cloudevents/sdk-go types.ToInteger).
 */
export function turnsLeft({ attributes }: CloudEvent): number | undefined {
  const text = String(attributes.get(TTL) ?? '');
  const given = DECIMAL.test(text) ? Math.trunc(Number(text)) : Number.NaN;
  const left = given >= -INT32 && given < INT32 ? given - 1 : FIRST;
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
