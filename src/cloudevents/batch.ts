/** Several events in one JSON array (cloudevents/spec v1.0.2 formats/json-format.md, section 4). */
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
