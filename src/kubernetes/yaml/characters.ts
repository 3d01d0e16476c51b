/** What the characters of everyday YAML may be part of, and the little that one line takes to read (blockDocument.ts). */
import type { JsonObject } from '../json.ts';
import { keyText, plainScalar } from './scalar.ts';

export const LINE_FEED = 10;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const HASH = 35;
export const SINGLE_QUOTE = 39;
export const COMMA = 44;
export const DASH = 45;
export const COLON = 58;
export const OPEN_BRACKET = 91;
const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;

/** Bit by bit; every bit is unset for what is unusual there. */
const IN_KEY = 1;
export const FIRST_OF_KEY = 2;
export const FIRST_OF_VALUE = 4;
/** Inside of brackets and braces. */
export const IN_FLOW = 8;
export const IN_PLAIN = 16;
export const IN_TEXT = 32;

const CHARACTERS = new Uint8Array(128);
for (let code = SPACE; code < 127; code++) mark(String.fromCharCode(code), IN_TEXT | IN_PLAIN);
const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
mark(WORD, IN_KEY | FIRST_OF_KEY | FIRST_OF_VALUE | IN_FLOW);
mark('./-*', IN_KEY);
mark('./$(<~+', FIRST_OF_VALUE);
mark(' :./-+~$()<>=@%*', IN_FLOW);
// a plain scalar with braces may be a template
CHARACTERS[OPEN_BRACE] = IN_TEXT;

function mark(characters: string, bits: number): void {
  for (let at = 0; at < characters.length; at++) {
    const code = characters.charCodeAt(at);
    CHARACTERS[code] = (CHARACTERS[code] ?? 0) | bits;
  }
}

/** Whether the character may stand in, or begin, what the bit says. */
export function may(code: number, bit: number): boolean {
  return code < 128 ? ((CHARACTERS[code] ?? 0) & bit) !== 0 : bit >= IN_PLAIN && isLetterBeyondAscii(code);
}

/** Neither a control character, nor one that ends a line to some readers, nor half of a pair, nor a byte order mark. */
function isLetterBeyondAscii(code: number): boolean {
  return code >= 0xa0 && code < 0xd800 && code !== 0x2028 && code !== 0x2029;
}

export function skipSpaces(text: string, end: number, from: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === SPACE) at++;
  return at;
}

export function isBlank(text: string, end: number, at: number): boolean {
  if (at >= end) return true;
  const code = text.charCodeAt(at);
  return code === SPACE || code === LINE_FEED;
}

/** go-yaml gives up on longer ones, too. */
const LONGEST_KEY = 1024;

/** The colon after the key that begins here, or -1. */
export function keyEnd(text: string, end: number, start: number): number {
  if (!may(text.charCodeAt(start), FIRST_OF_KEY)) return -1;
  let at = start + 1;
  const last = Math.min(end, start + LONGEST_KEY);
  while (at < last && may(text.charCodeAt(at), IN_KEY)) at++;
  return at < last && text.charCodeAt(at) === COLON && isBlank(text, end, at + 1) ? at : -1;
}

/**
 * The key that stands there, unless it is not what it looks like, as `yes` is not, or the object has it already, be it
 * inherited: then undefined.
 */
export function newKey(text: string, start: number, end: number, object: JsonObject): string | undefined {
  const length = end - start;
  const slot = (length * 31 + text.charCodeAt(start) * 7 + text.charCodeAt(end - 1)) % SLOTS;
  let key = keys[slot];
  if (key === undefined || key.length !== length || !text.startsWith(key, start)) {
    key = text.slice(start, end);
    if (keyText(plainScalar(key)) !== key) return undefined;
    keys[slot] = key;
  }
  return object[key] === undefined ? key : undefined;
}

/**
 * Keys that were met last, each where its length and its ends put it. Manifests have the same few dozen keys over and
 * over: to find one here costs less than to cut it out of the text and to have it looked up by its characters twice.
 */
const SLOTS = 509;
const keys: (string | undefined)[] = new Array<string | undefined>(SLOTS);

/** The quote that ends the text on its line, or -1. Two single quotes mean one: what follows says that it is unusual. */
export function closingQuote(text: string, end: number, start: number, quote: number): number {
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (!may(code, IN_TEXT) || (code === BACKSLASH && quote === DOUBLE_QUOTE)) return -1;
  }
  return -1;
}
