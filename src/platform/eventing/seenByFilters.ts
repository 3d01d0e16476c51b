import type { AttributeValue, CloudEvent } from '../../cloudevents/event.ts';
import { canonicalTime } from '../../knative/eventing/canonicalTime.ts';
import { TTL } from './ttl.ts';

/** A filter sees neither what the Broker wrote for itself nor another form of the same moment. */
export function seenByFilters({ attributes }: CloudEvent): Map<string, AttributeValue> {
  const time = attributes.get('time');
  const canonical = typeof time === 'string' ? canonicalTime(time) : undefined;
  const seen = new Map(attributes);
  seen.delete(TTL);
  if (canonical !== undefined) seen.set('time', canonical);
  return seen;
}
