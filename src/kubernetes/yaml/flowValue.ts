/** Lists in brackets and mappings in braces that end on their line, as everyday YAML has them (blockDocument.ts). */
import type { JsonObject, JsonValue } from '../json.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  closingQuote,
  DOUBLE_QUOTE,
  FIRST_OF_KEY,
  FIRST_OF_VALUE,
  IN_FLOW,
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
import type { NodeTableBuilder } from './nodeTable.ts';
import { plainValue } from './scalar.ts';

const DEEPEST = 20;

export class FlowReader {
  readonly #text: string;
  readonly #end: number;
  readonly #table: NodeTableBuilder;
  /** Where reading goes on: after the value, once it is read. */
  at = 0;

  constructor(text: string, end: number, table: NodeTableBuilder) {
    this.#text = text;
    this.#end = end;
    this.#table = table;
  }

  /** The value whose bracket or brace stands at the offset; undefined where anything in it is unusual. */
  read(start: number): JsonValue | undefined {
    this.at = start;
    return this.#value(0);
  }

  /** The value in brackets or braces, or of one of their entries, that begins at `at`; undefined where it is unusual. */
  #value(depth: number): JsonValue | undefined {
    const start = this.at;
    const code = start < this.#end ? this.#text.charCodeAt(start) : LINE_FEED;
    if (code === OPEN_BRACE) return depth < DEEPEST ? this.#mapping(depth) : undefined;
    if (code === OPEN_BRACKET) return depth < DEEPEST ? this.#sequence(depth) : undefined;
    this.#table.leaf(start);
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) {
      const quote = closingQuote(this.#text, this.#end, start, code);
      this.at = quote + 1;
      return quote === -1 ? undefined : this.#text.slice(start + 1, quote);
    }
    return may(code, FIRST_OF_VALUE) ? this.#plain(start) : undefined;
  }

  #plain(start: number): JsonValue | undefined {
    let end = start;
    let at = start;
    for (; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === SPACE) continue;
      if (!may(code, IN_FLOW) || (code === COLON && !may(this.#text.charCodeAt(at + 1), FIRST_OF_KEY))) break;
      end = at + 1;
    }
    this.at = at;
    const value = plainValue(this.#text.slice(start, end));
    return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
  }

  #mapping(depth: number): JsonObject | undefined {
    const node = this.#table.open(this.at);
    const object: { [key: string]: JsonValue } = {};
    for (let isFirst = true; !this.#closes(CLOSE_BRACE, isFirst); isFirst = false) {
      const start = this.at;
      const colon = keyEnd(this.#text, this.#end, start);
      const key = colon === -1 ? undefined : newKey(this.#text, start, colon, object);
      if (key === undefined) return undefined;
      this.#table.key(start, key);
      this.at = skipSpaces(this.#text, this.#end, colon + 1);
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      object[key] = value;
    }
    this.#table.closeMapping(node);
    return this.at === -1 ? undefined : object;
  }

  #sequence(depth: number): JsonValue[] | undefined {
    const node = this.#table.open(this.at);
    const items: JsonValue[] = [];
    for (let isFirst = true; !this.#closes(CLOSE_BRACKET, isFirst); isFirst = false) {
      const value = this.#value(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
    }
    this.#table.closeSequence(node);
    return this.at === -1 ? undefined : items;
  }

  /**
   * Goes past the bracket that ends the collection, or past what is before its next entry. True at the end, and with
   * `at` at -1 where neither stands there.
   */
  #closes(bracket: number, isFirst: boolean): boolean {
    const at = skipSpaces(this.#text, this.#end, isFirst ? this.at + 1 : this.at);
    const code = at < this.#end ? this.#text.charCodeAt(at) : LINE_FEED;
    const isEnd = code === bracket;
    const isNext = isFirst || code === COMMA;
    if (isEnd) this.at = at + 1;
    else if (!isNext) this.at = -1;
    else this.at = isFirst ? at : skipSpaces(this.#text, this.#end, at + 1);
    return isEnd || !isNext;
  }
}
