/**
 * The header fields of one HTTP/1.1 message. Reading is strict, since what stands behind may read loosely: no folded
 * lines, no lone CR or LF, no control characters, no space before the colon (RFC 9112, sections 2.2 and 5). What is
 * written on is written anew from what was read.
 */

const TOKEN = charTable("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
/** What no head may hold: control characters but tabs, and line ends that are not CRLF. */
const BAD_BYTES = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
const SPACE = 0x20;
const TAB = 0x09;

/** Of one message, in their order. */
export interface Fields {
  /** As written. */
  readonly names: string[];
  /** In lower case. */
  readonly keys: string[];
  readonly values: string[];
}

export function noFields(): Fields {
  return { names: [], keys: [], values: [] };
}

export function hasBadBytes(head: string): boolean {
  return BAD_BYTES.test(head);
}

/**
 * Reads the lines from `at` to the end of the text, each of which ends with CRLF. hasBadBytes is for the caller to ask.
 *
 * @returns undefined where a line is none of a field
 */
export function readFields(head: string, at: number): Fields | undefined {
  const fields = noFields();
  let from = at;
  while (from < head.length) {
    const end = head.indexOf('\r\n', from);
    const colon = head.indexOf(':', from);
    if (end < 0 || colon < 0 || colon > end) return undefined;
    const name = head.slice(from, colon);
    if (!isToken(name)) return undefined;
    fields.names.push(name);
    fields.keys.push(name.toLowerCase());
    fields.values.push(trimmed(head, colon + 1, end));
    from = end + 2;
  }
  return fields;
}

/** The value of the field, those of several joined with commas; undefined where there is none. */
export function fieldValue({ keys, values }: Fields, key: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < keys.length; index++) {
    if (keys[index] !== key) continue;
    const value = values[index] ?? '';
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}

export function isToken(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (TOKEN[text.charCodeAt(index)] !== 1) return false;
  }
  return text.length > 0;
}

/** The elements of a list such as `close, Keep-Alive`, in lower case. */
export function listOf(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}

function charTable(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
