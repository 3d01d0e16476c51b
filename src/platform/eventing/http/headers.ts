import type { Fields } from '../../network/http1/fields.ts';

/** By names in lower case. Of a field that is there more than once: all, with commas; of the content type, the first. */
export function headersOf({ keys, values }: Fields): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? '';
    const value = values[index] ?? '';
    const before: unknown = headers[key];
    // what every object has of its own is none of a message
    if (typeof before !== 'string') headers[key] = value;
    else if (key !== 'content-type') headers[key] = `${before}, ${value}`;
  }
  return headers;
}
