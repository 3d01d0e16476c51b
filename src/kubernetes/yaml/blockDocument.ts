/**
 * The YAML that nearly every manifest is written in, read line by line: mappings and lists by their indentation, with a
 * key, a plain or a simply quoted value or a short list in brackets, and a comment on a line. Three times as fast as a whole reader of YAML, which
 * has to expect anything (docs/adr/0012). Whatever is unusual (an anchor, a tag, a block scalar, a value on several
 * lines, an escape, a tab, a key that is there twice) is left to that reader, and so is everything that is wrong:
 * what is read here, it reads the same.
 */
import type { JsonObject, JsonValue } from '../json.ts';
import {
  COLON,
  closingQuote,
  DASH,
  DOUBLE_QUOTE,
  FIRST_OF_VALUE,
  HASH,
  IN_PLAIN,
  IN_TEXT,
  isBlank,
  keyEnd,
  LINE_FEED,
  may,
  newKey,
  OPEN_BRACE,
  OPEN_BRACKET,
  SINGLE_QUOTE,
  SPACE,
  skipSpaces,
} from './characters.ts';
import { FlowReader } from './flowValue.ts';
import { MAX_NODE_MARKS } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';
import { plainValue } from './scalar.ts';

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

/** Instead of an indentation: after the last line, and from the first unusual line on. */
const NO_LINE = -1;
const UNUSUAL = -2;

/** Kubernetes reads a thousand levels; who nests so far is read with the care of the whole reader. */
const DEEPEST_INDENT = 200;

class BlockReader {
  readonly #text: string;
  readonly #end: number;
  readonly #table: NodeTableBuilder;
  readonly #flow: FlowReader;
  /** Where the next line that says something begins to do so, and how many columns are before it. */
  #at = 0;
  #indent = NO_LINE;

  constructor(text: string, end: number, table: NodeTableBuilder) {
    this.#text = text;
    this.#end = end;
    this.#table = table;
    this.#flow = new FlowReader(text, end, table);
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
      const at = skipSpaces(this.#text, this.#end, lineStart);
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
    let at = skipSpaces(this.#text, this.#end, from);
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
      const colon = keyEnd(this.#text, this.#end, start);
      const key = colon === -1 ? undefined : newKey(this.#text, start, colon, object);
      if (key === undefined) {
        this.#giveUp();
        return object;
      }
      this.#table.key(start, key);
      object[key] = this.#entryValue(colon, indent);
    } while (this.#indent === indent);
    this.#table.closeMapping(node);
    return object;
  }

  /** What follows the colon: on its line, or below it. */
  #entryValue(colon: number, indent: number): JsonValue {
    const at = skipSpaces(this.#text, this.#end, colon + 1);
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
    return this.#text.charCodeAt(this.#at) === DASH && isBlank(this.#text, this.#end, this.#at + 1);
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
    const at = skipSpaces(this.#text, this.#end, dash + 1);
    if (at >= this.#end) return this.#giveUp();
    if (keyEnd(this.#text, this.#end, at) === -1) return this.#lineValue(at);

    this.#at = at;
    this.#indent = indent + at - dash;
    return this.#mapping(this.#indent);
  }

  /** The value that begins here and ends on this line. */
  #lineValue(start: number): JsonValue {
    const code = this.#text.charCodeAt(start);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return this.#quoted(start, code);
    if (may(code, FIRST_OF_VALUE)) return this.#plain(start);
    if (code !== OPEN_BRACE && code !== OPEN_BRACKET) return this.#giveUp();
    const value = this.#flow.read(start);
    return value === undefined ? this.#giveUp() : this.#endLine(this.#flow.at, value);
  }

  /** Goes on to the next line after a value, which ends here. */
  #endLine(end: number, value: JsonValue): JsonValue {
    const lineEnd = isBlank(this.#text, this.#end, end) ? this.#lineEnd(end) : -1;
    if (lineEnd === -1) return this.#giveUp();
    this.#toLine(lineEnd + 1);
    return value;
  }

  #quoted(start: number, quote: number): JsonValue {
    const end = closingQuote(this.#text, this.#end, start, quote);
    if (end === -1) return this.#giveUp();
    this.#table.leaf(start);
    return this.#endLine(end + 1, this.#text.slice(start + 1, end));
  }

  #plain(start: number): JsonValue {
    let end = start;
    for (let at = start; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === LINE_FEED) break;
      if (code === SPACE) continue;
      if (code === HASH && end < at) break;
      if (!may(code, IN_PLAIN) || (code === COLON && isBlank(this.#text, this.#end, at + 1))) return this.#giveUp();
      end = at + 1;
    }
    this.#table.leaf(start);
    const value = plainValue(this.#text.slice(start, end));
    if (typeof value === 'number' && !Number.isFinite(value)) return this.#giveUp();
    return this.#endLine(end, value);
  }
}
