/**
 * The YAML that nearly every manifest is written in, read line by line: mappings and lists by their indentation, with a
 * key, a plain or a simply quoted value and a comment on a line. Three times as fast as a whole reader of YAML, which
 * has to expect anything (docs/adr/0012). Whatever is unusual (an anchor, a tag, a block scalar, a value on several
 * lines, an escape, a tab, a key that is there twice) is left to that reader, and so is everything that is wrong:
 * what is read here, it reads the same.
 */
import type { JsonObject, JsonValue } from '../json.ts';
import { MAX_NODE_MARKS } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { keyText, plainScalar, plainValue } from './scalar.ts';

/**
 * The mapping that the text from `start` to `end` is, with its places in the table.
 *
 * @param start of a line
 * @returns undefined where anything is unusual; what is in the table then means nothing
 */
export function readBlockDocument(
  text: string,
  start: number,
  end: number,
  table: NodeTableBuilder,
): JsonObject | undefined {
  // how many values a document may have is counted elsewhere
  if (end - start > MAX_NODE_MARKS) return undefined;
  return new BlockReader(text, end, table).document(start);
}

const LINE_FEED = 10;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const DASH = 45;
const COLON = 58;
const BACKSLASH = 92;

/** Instead of an indentation: after the last line, and from the first unusual line on. */
const NO_LINE = -1;
const UNUSUAL = -2;

/** Kubernetes reads a thousand levels; who nests so far is read with the care of the whole reader. */
const DEEPEST_INDENT = 200;
const LONGEST_KEY = 1024;

/** What may stand in a value, bit by bit; every bit is unset for what is unusual there. */
const IN_KEY = 1;
const FIRST_OF_KEY = 2;
const FIRST_OF_VALUE = 4;
const IN_PLAIN = 8;
const IN_TEXT = 16;

const CHARACTERS = new Uint8Array(128);
for (let code = SPACE; code < 127; code++) mark(String.fromCharCode(code), IN_TEXT | IN_PLAIN);
mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_', IN_KEY | FIRST_OF_KEY | FIRST_OF_VALUE);
mark('./-', IN_KEY);
mark('./$(<~+', FIRST_OF_VALUE);
// a plain scalar with braces may be a template
CHARACTERS['{'.charCodeAt(0)] = IN_TEXT;

function mark(characters: string, bits: number): void {
  for (let at = 0; at < characters.length; at++) {
    const code = characters.charCodeAt(at);
    CHARACTERS[code] = (CHARACTERS[code] ?? 0) | bits;
  }
}

function may(code: number, bit: number): boolean {
  return code < 128 ? ((CHARACTERS[code] ?? 0) & bit) !== 0 : isLetterBeyondAscii(code) && bit >= IN_PLAIN;
}

/** Neither a control character, nor one that ends a line to some readers, nor half of a pair, nor a byte order mark. */
function isLetterBeyondAscii(code: number): boolean {
  return code >= 0xa0 && code < 0xd800 && code !== 0x2028 && code !== 0x2029;
}

class BlockReader {
  readonly #text: string;
  readonly #end: number;
  readonly #table: NodeTableBuilder;
  /** Where the next line that says something begins to do so, and how many columns are before it. */
  #at = 0;
  #indent = NO_LINE;

  constructor(text: string, end: number, table: NodeTableBuilder) {
    this.#text = text;
    this.#end = end;
    this.#table = table;
  }

  document(start: number): JsonObject | undefined {
    this.#toLine(start);
    const object = this.#indent === 0 ? this.#mapping(0) : undefined;
    return this.#indent === NO_LINE ? object : undefined;
  }

  /** Every loop below ends at a line of another indentation, so that this one ends them all. */
  #giveUp(): null {
    this.#indent = UNUSUAL;
    return null;
  }

  /** Goes on to the next line that is neither empty nor a comment. */
  #toLine(from: number): void {
    for (let lineStart = from; lineStart < this.#end; ) {
      let at = lineStart;
      while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at++;
      const code = at < this.#end ? this.#text.charCodeAt(at) : LINE_FEED;
      if (code !== LINE_FEED && code !== HASH) {
        this.#at = at;
        this.#indent = at - lineStart > DEEPEST_INDENT ? UNUSUAL : at - lineStart;
        return;
      }
      lineStart = this.#lineEnd(at) + 1;
      if (lineStart === 0) {
        this.#giveUp();
        return;
      }
    }
    this.#indent = NO_LINE;
  }

  /** The end of a line on which only a comment may still stand; -1 where something else does. */
  #lineEnd(from: number): number {
    let at = from;
    while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at++;
    if (at >= this.#end || this.#text.charCodeAt(at) === LINE_FEED) return at;
    if (this.#text.charCodeAt(at) !== HASH) return -1;

    for (; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === LINE_FEED) return at;
      if (!may(code, IN_TEXT)) return -1;
    }
    return at;
  }

  #mapping(indent: number): JsonObject {
    const node = this.#table.open(this.#at);
    const object: { [key: string]: JsonValue } = {};
    do {
      const start = this.#at;
      const colon = this.#keyEnd(start);
      const key = colon === -1 ? '' : this.#text.slice(start, colon);
      // Nothing has that name yet, not even an inherited property; and a key is what it looks like, which `yes` is not.
      if (key === '' || object[key] !== undefined || keyText(plainScalar(key)) !== key) {
        this.#giveUp();
        return object;
      }
      this.#table.key(start, key);
      object[key] = this.#entryValue(colon, indent);
    } while (this.#indent === indent);
    this.#table.closeMapping(node);
    return object;
  }

  /** The colon after the key that begins here, or -1. */
  #keyEnd(start: number): number {
    if (!may(this.#text.charCodeAt(start), FIRST_OF_KEY)) return -1;
    let at = start + 1;
    const last = Math.min(this.#end, start + LONGEST_KEY);
    while (at < last && may(this.#text.charCodeAt(at), IN_KEY)) at++;
    if (at >= last || this.#text.charCodeAt(at) !== COLON) return -1;
    return this.#isBlank(at + 1) ? at : -1;
  }

  #isBlank(at: number): boolean {
    if (at >= this.#end) return true;
    const code = this.#text.charCodeAt(at);
    return code === SPACE || code === LINE_FEED;
  }

  /** What follows the colon: on its line, or below it. */
  #entryValue(colon: number, indent: number): JsonValue {
    let at = colon + 1;
    while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at++;
    const code = at < this.#end ? this.#text.charCodeAt(at) : LINE_FEED;
    if (code !== LINE_FEED && code !== HASH) return this.#lineValue(at);

    const lineEnd = this.#lineEnd(at);
    if (lineEnd === -1) return this.#giveUp();
    this.#toLine(lineEnd + 1);
    if (this.#indent > indent) return this.#isItem() ? this.#sequence(this.#indent) : this.#mapping(this.#indent);
    // the dashes of a mapping's list may stand below its keys
    if (this.#indent === indent && this.#isItem()) return this.#sequence(indent);
    this.#table.leaf(colon);
    return null;
  }

  #isItem(): boolean {
    return this.#text.charCodeAt(this.#at) === DASH && this.#isBlank(this.#at + 1);
  }

  #sequence(indent: number): JsonValue[] {
    const node = this.#table.open(this.#at);
    const items: JsonValue[] = [];
    do items.push(this.#item(indent));
    while (this.#indent === indent && this.#isItem());
    this.#table.closeSequence(node);
    return items;
  }

  #item(indent: number): JsonValue {
    const dash = this.#at;
    let at = dash + 1;
    while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at++;
    if (at >= this.#end) return this.#giveUp();
    if (this.#keyEnd(at) === -1) return this.#lineValue(at);

    this.#at = at;
    this.#indent = indent + at - dash;
    return this.#mapping(this.#indent);
  }

  /** The value that begins here and ends on this line. */
  #lineValue(start: number): JsonValue {
    const code = this.#text.charCodeAt(start);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return this.#quoted(start, code);
    if (may(code, FIRST_OF_VALUE)) return this.#plain(start);
    if (this.#text.startsWith('{}', start)) {
      this.#table.closeMapping(this.#table.open(start));
      return this.#endLine(start + 2, {});
    }
    if (this.#text.startsWith('[]', start)) {
      this.#table.closeSequence(this.#table.open(start));
      return this.#endLine(start + 2, []);
    }
    return this.#giveUp();
  }

  /** Goes on to the next line after a value, which ends here. */
  #endLine(end: number, value: JsonValue): JsonValue {
    const lineEnd = this.#isBlank(end) ? this.#lineEnd(end) : -1;
    if (lineEnd === -1) return this.#giveUp();
    this.#toLine(lineEnd + 1);
    return value;
  }

  #quoted(start: number, quote: number): JsonValue {
    for (let at = start + 1; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === quote) {
        this.#table.leaf(start);
        return this.#endLine(at + 1, this.#text.slice(start + 1, at));
      }
      if (!may(code, IN_TEXT) || (code === BACKSLASH && quote === DOUBLE_QUOTE)) break;
    }
    return this.#giveUp();
  }

  #plain(start: number): JsonValue {
    let end = start;
    for (let at = start; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === LINE_FEED) break;
      if (code === SPACE) continue;
      if (code === HASH && end < at) break;
      if (!may(code, IN_PLAIN) || (code === COLON && this.#isBlank(at + 1))) return this.#giveUp();
      end = at + 1;
    }
    this.#table.leaf(start);
    const value = plainValue(this.#text.slice(start, end));
    if (typeof value === 'number' && !Number.isFinite(value)) return this.#giveUp();
    return this.#endLine(end, value);
  }
}
