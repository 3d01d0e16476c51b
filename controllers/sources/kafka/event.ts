/** The event of a record, as its sink gets it. */
import type { AttributeValue, CloudEvent } from '../../../src/cloudevents/event.ts';
import { decodeRecord } from '../../../src/cloudevents/kafka.ts';
import { recordAttributes, wrappedRecord } from '../../../src/knative/eventing/sources/kafka.ts';
import { overridesOf } from '../../../src/knative/eventing/sources/overrides.ts';
import type { JsonObject } from '../../../src/kubernetes/json.ts';
import type { ReadRecord } from '../../../src/platform/eventing/kafka/record.ts';

/** A CloudEvent as it is, anything else as the data of one. */
export function eventOf(source: JsonObject, record: ReadRecord): CloudEvent {
  const decoded = decodeRecord(record);
  const attributes = new Map<string, AttributeValue>(
    decoded.ok ? decoded.event.attributes : wrappedRecord(source, record),
  );
  for (const [name, value] of Object.entries(recordAttributes(record))) attributes.set(name, value);
  for (const [name, value] of overridesOf(source)) attributes.set(name, value);
  return { attributes, data: decoded.ok ? decoded.event.data : record.value };
}
