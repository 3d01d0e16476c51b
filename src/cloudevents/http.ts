/**
 * Events in HTTP messages, in binary and in structured mode (cloudevents/spec v1.0.2 bindings/http-protocol-binding.md,
 * formats/json-format.md). Why the SDK is not asked: docs/adr/0022.
 */
import { problemOf } from './attributes.ts';
import type { Attributes, AttributeValue, CloudEvent } from './event.ts';
import { memberText } from './topLevel.ts';

/** As node:http has them: names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Decoded =
  | { readonly ok: true; readonly event: CloudEvent }
  /** `isEvent`: it means to be one, or several, and is not readable. */
  | { readonly ok: false; readonly isEvent: boolean; readonly problem: string };

const PREFIX = 'ce-';
const STRUCTURED = 'application/cloudevents';

/** Reads the event of a request or an answer. */
export function decodeEvent(headers: Headers, body: Buffer): Decoded {
  const contentType = textOf(headers['content-type']);
  const media = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (media.startsWith(`${STRUCTURED}-batch`)) return refused('a batch of events is not taken; send each by itself');
  if (media === `${STRUCTURED}+json`) return decodeStructured(body);
  if (media.startsWith(STRUCTURED)) return refused(`events as ${media} are not read; send ${STRUCTURED}+json`);
  if (headers['ce-specversion'] !== undefined) return decodeBinary(headers, contentType, body);
  const problem = `this is no CloudEvent: it has neither the header ce-specversion nor the content type ${STRUCTURED}+json`;
  return { ok: false, isEvent: false, problem };
}

function refused(problem: string): Decoded {
  return { ok: false, isEvent: true, problem };
}

function decodeBinary(headers: Headers, contentType: string | undefined, body: Buffer): Decoded {
  const attributes = new Map<string, AttributeValue>();
  if (contentType !== undefined) attributes.set('datacontenttype', contentType);
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(PREFIX) || name === 'ce-datacontenttype') continue;
    const text = textOf(headers[name]);
    if (text !== undefined) attributes.set(name.slice(PREFIX.length), unescaped(text));
  }
  return checked(attributes, body.length === 0 ? undefined : body);
}

function decodeStructured(body: Buffer): Decoded {
  const json = body.toString('utf8');
  const value = parsed(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused('the body is no JSON object, as which a structured event is sent');
  }
  const attributes = new Map<string, AttributeValue>();
  for (const [name, member] of Object.entries(value)) {
    if (name === 'data' || name === 'data_base64' || member === null) continue;
    if (typeof member !== 'string' && typeof member !== 'number' && typeof member !== 'boolean') {
      return refused(`the attribute ${name} is neither a text nor a number nor a truth value`);
    }
    attributes.set(name, member);
  }
  const data = dataOf(json, value, attributes);
  return data instanceof Error ? refused(data.message) : checked(attributes, data);
}

/** JSON stays as it is written. Of another content type, a text is the data itself. */
function dataOf(json: string, value: object, attributes: Attributes): Buffer | undefined | Error {
  const data: unknown = Reflect.get(value, 'data');
  const base64: unknown = Reflect.get(value, 'data_base64');
  if (base64 !== undefined && base64 !== null) {
    if (data !== undefined) return new Error('the event has both data and data_base64');
    if (typeof base64 !== 'string' || !BASE64.test(base64)) return new Error('data_base64 is not in base64');
    return Buffer.from(base64, 'base64');
  }
  if (data === undefined) return undefined;
  if (typeof data === 'string' && !isJson(String(attributes.get('datacontenttype') ?? 'application/json'))) {
    return Buffer.from(data, 'utf8');
  }
  return Buffer.from(memberText(json, 'data') ?? '', 'utf8');
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** `application/json`, `text/json`, `application/problem+json`. */
export function isJson(contentType: string): boolean {
  return /^[^;/]+\/([^;]+\+)?json\s*(;|$)/i.test(contentType.trim());
}

function checked(attributes: Attributes, data: Buffer | undefined): Decoded {
  const problem = problemOf(attributes);
  return problem === undefined ? { ok: true, event: { attributes, data } } : refused(problem);
}

/** As headers and a body, in binary mode. */
export function encodeEvent({ attributes, data }: CloudEvent): {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
} {
  const headers: Record<string, string> = {};
  for (const [name, value] of attributes) {
    if (name === 'datacontenttype') headers['content-type'] = String(value);
    else headers[PREFIX + name] = escaped(String(value));
  }
  return { headers, body: data ?? EMPTY };
}

const EMPTY = Buffer.alloc(0);
const PLAIN = /^[!#$&-~]*$/;

/** All but printable ASCII, and of that the space, the quote and the percent sign (section 3.1.3.2). */
function escaped(text: string): string {
  if (PLAIN.test(text)) return text;
  let result = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25;
    result += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

/** Percent signs that lead to no character stay as they are: not everybody escapes. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
