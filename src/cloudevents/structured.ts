/** An event as JSON (cloudevents/spec v1.0.2 formats/json-format.md), on one line. */
import type { CloudEvent } from './event.ts';
import { isJson } from './http.ts';

/** JSON as data stays as it is written, to the last digit; a text stays one, and anything else is in base64. */
export function structuredText({ attributes, data }: CloudEvent): string {
  const head = JSON.stringify(Object.fromEntries(attributes));
  if (data === undefined) return head;
  return `${head.slice(0, -1)},${dataMember(data, String(attributes.get('datacontenttype') ?? 'application/json'))}}`;
}

/** As headers and a body, in structured mode. */
export function encodeStructured(event: CloudEvent): {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
} {
  return { headers: { 'content-type': 'application/cloudevents+json' }, body: Buffer.from(structuredText(event)) };
}

function dataMember(data: Buffer, contentType: string): string {
  const text = textOf(data);
  if (text !== undefined && isJson(contentType)) {
    const json = jsonText(text);
    if (json !== undefined) return `"data":${json}`;
  }
  // a text under a content type of JSON would be read as a string of JSON
  if (text !== undefined && !isJson(contentType)) return `"data":${JSON.stringify(text)}`;
  return `"data_base64":"${data.toString('base64')}"`;
}

/** Line breaks stand between the parts of JSON alone: in its strings they are escaped. */
function jsonText(text: string): string | undefined {
  try {
    JSON.parse(text);
    return text.trim().replace(/[\r\n]+/g, ' ');
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The data as a text; undefined where it is none. */
export function textOf(data: Buffer): string | undefined {
  try {
    return utf8.decode(data);
  } catch {
    return undefined;
  }
}
