/**
 * Events in records of Kafka, in binary and in structured mode (cloudevents/spec v1.0.2 bindings/kafka-protocol-binding.md,
 * cloudevents/sdk-java kafka). Unlike in HTTP, nothing is percent-encoded.
 */
import { problemOf } from './attributes.ts';
import { type AttributeValue, attributeText, type CloudEvent } from './event.ts';
import { type Decoded, decodeEvent } from './http.ts';
import { structuredText } from './structured.ts';

/** What of a record holds an event. */
export interface RecordContent {
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  /** In their order; of several of one name the last counts. */
  readonly headers: readonly RecordHeader[];
}

export type RecordHeader = readonly [name: string, value: Buffer];

export type ContentMode = 'binary' | 'structured';

const PREFIX = 'ce_';
const CONTENT_TYPE = 'content-type';
const STRUCTURED = 'application/cloudevents+json';
/** The extension by which a record gets its key. */
const PARTITION_KEY = 'partitionkey';

/** Reads the event of a record, if it is one. */
export function decodeRecord({ value, headers }: RecordContent): Decoded {
  const contentType = headerText(headers, CONTENT_TYPE);
  if (contentType?.toLowerCase().startsWith('application/cloudevents') === true) {
    return decodeEvent({ [CONTENT_TYPE]: contentType }, value ?? EMPTY);
  }
  if (headerText(headers, `${PREFIX}specversion`) === undefined) {
    const problem = `this is no CloudEvent: it has neither the header ${PREFIX}specversion nor the content type ${STRUCTURED}`;
    return { ok: false, isEvent: false, problem };
  }
  const attributes = new Map<string, AttributeValue>();
  if (contentType !== undefined) attributes.set('datacontenttype', contentType);
  for (const [name, text] of headers) {
    const lower = name.toLowerCase();
    if (lower.startsWith(PREFIX)) attributes.set(lower.slice(PREFIX.length), text.toString('utf8'));
  }
  const problem = problemOf(attributes);
  if (problem !== undefined) return { ok: false, isEvent: true, problem };
  return { ok: true, event: { attributes, data: value?.length === 0 ? undefined : value } };
}

/** The record as which an event is written; its key is the extension `partitionkey`, which stays an extension. */
export function encodeRecord(event: CloudEvent, mode: ContentMode): RecordContent {
  const keyText = attributeText(event, PARTITION_KEY);
  const key = keyText === '' ? undefined : Buffer.from(keyText, 'utf8');
  if (mode === 'structured') {
    return { key, value: Buffer.from(structuredText(event)), headers: [[CONTENT_TYPE, Buffer.from(STRUCTURED)]] };
  }
  const headers: RecordHeader[] = [];
  for (const [name, value] of event.attributes) {
    headers.push([name === 'datacontenttype' ? CONTENT_TYPE : PREFIX + name, Buffer.from(String(value), 'utf8')]);
  }
  return { key, value: event.data, headers };
}

const EMPTY = Buffer.alloc(0);

function headerText(headers: readonly RecordHeader[], wanted: string): string | undefined {
  return headers.findLast(([name]) => name.toLowerCase() === wanted)?.[1].toString('utf8');
}
