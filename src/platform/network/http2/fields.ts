/** Between the fields of HTTP/1.1 and those of HTTP/2, which come without framing, connection and reason. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { type Fields, hasBadBytes, isToken, noFields } from '../http1/fields.ts';
import { CHUNKED } from '../http1/head.ts';

const LINE_ENDS = /[\r\n]/;
const LENGTH = /^\d{1,15}$/;

/**
 * Without those that begin with a colon.
 *
 * @throws Error where one could not be written as a line: HTTP/2 carries any bytes, and somebody may read them as lines
 */
export function fieldsFrom(headers: IncomingHttpHeaders): Fields {
  const fields = noFields();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (!isToken(name) || LINE_ENDS.test(each) || hasBadBytes(each))
        throw new Error(`the field ${JSON.stringify(name)} is none of HTTP`);
      fields.names.push(name);
      fields.keys.push(name);
      fields.values.push(each);
    }
  }
  return fields;
}

/** @param lines names and values in turns */
export function headersOf(lines: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] ?? '').toLowerCase();
    const value = lines[index + 1] ?? '';
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (typeof before === 'string') headers[name] = [before, value];
    else before.push(value);
  }
  return joined(headers);
}

export function trailersOf(trailers: Fields | undefined): OutgoingHttpHeaders {
  if (trailers === undefined) return {};
  return headersOf(trailers.keys.flatMap((key, index) => [key, trailers.values[index] ?? '']));
}

/** How the end of a body is found that comes in frames. */
export function framingOf({ keys, values }: Fields, isEmpty: boolean): number {
  if (isEmpty) return 0;
  const length = values[keys.indexOf('content-length')];
  return length !== undefined && LENGTH.test(length) ? Number(length) : CHUNKED;
}

/** Node refuses lists for fields of which there is one; those come from a program that repeats itself. */
function joined(headers: Record<string, string | string[]>): OutgoingHttpHeaders {
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value) && name !== 'set-cookie') headers[name] = value.join(name === 'cookie' ? '; ' : ', ');
  }
  return headers;
}

/** None where they could not be written as lines. */
export function safeTrailers(headers: IncomingHttpHeaders): Fields | undefined {
  try {
    return fieldsFrom(headers);
  } catch {
    return undefined;
  }
}
