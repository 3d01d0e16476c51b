/** Several events in one JSON array (cloudevents/spec v1.0.2 formats/json-format.md, section 4). */
import { attributeText, type CloudEvent } from './event.ts';
import { type Decoded, decodeEvent } from './http.ts';
import { elementTexts } from './topLevel.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };

/**
 * The events of a JSON text that is one event or an array of them, each for itself.
 *
 * @returns undefined where it is no JSON
 */
export function decodeEvents(json: string): Decoded[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const texts = Array.isArray(value) ? elementTexts(json) : [json];
    return texts.map((text) => decodeEvent(STRUCTURED, Buffer.from(text)));
  } catch {
    return undefined;
  }
}

/** A batch that is the data of an event, as its events, where each of them can be read; any other event as itself. */
export function eventsWithin(event: CloudEvent): CloudEvent[] {
  const type = attributeText(event, 'datacontenttype');
  if (!type.startsWith('application/cloudevents-batch') || event.data === undefined) return [event];
  const decoded = decodeEvents(event.data.toString('utf8')) ?? [];
  const events = decoded.flatMap((each) => (each.ok ? [each.event] : []));
  return events.length > 0 && events.length === decoded.length ? events : [event];
}
