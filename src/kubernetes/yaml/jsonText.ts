/** JSON documents, with the table of their places: kubectl reads a file that begins with `{` as a stream of these. */
import { type JsonObject, type JsonValue, setOwn } from '../json.ts';
import type { Composed, Duplicate } from './compose.ts';
import { ReadFailure } from './inputError.ts';
import { MAX_DEPTH, MAX_DUPLICATES } from './limits.ts';
import type { NodeTableBuilder } from './nodeTable.ts';

export interface JsonDocument extends Composed {
  /** Offset of what follows the document. */
  readonly end: number;
}

/**
 * Reads the one JSON value that begins at the offset, white space before it skipped; undefined where nothing but white
 * space follows.
 *
 * @throws ReadFailure where the text is not JSON
 */
export function readJsonDocument(text: string, from: number, table: NodeTableBuilder): JsonDocument | undefined {
  const reader = new JsonReader(text, from, table);
  return reader.document();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const BACKSLASH = 92;
const QUOTE = 34;
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class JsonReader {
  readonly #text: string;
  readonly #table: NodeTableBuilder;
  readonly #duplicates: Duplicate[] = [];
  #at: number;
  #depth = 0;

  constructor(text: string, from: number, table: NodeTableBuilder) {
    this.#text = text;
    this.#at = from;
    this.#table = table;
  }

  document(): JsonDocument | undefined {
    this.#skipSpace();
    if (this.#at >= this.#text.length) return undefined;
    const value = this.#value();
    return { value, duplicates: this.#duplicates, end: this.#at };
  }

  #value(): JsonValue {
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        this.#table.leaf(this.#at);
        return this.#string();
      default:
        this.#table.leaf(this.#at);
        return this.#wordOrNumber();
    }
  }

  #nested(read: () => JsonValue): JsonValue {
    this.#depth++;
    if (this.#depth > MAX_DEPTH) throw tooDeep(this.#at);
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const node = this.#table.open(this.#at);
    const object: { [key: string]: JsonValue } = {};
    this.#at++;
    for (let isFirst = true; !this.#ends('}', isFirst); isFirst = false) {
      const start = this.#at;
      if (this.#text.charAt(start) !== '"') throw this.#failure('a key in quotes');
      const key = this.#string();
      const winner = this.#table.key(start, key);
      this.#skipSpace();
      this.#expect(':');
      this.#skipSpace();
      const value = this.#value();
      if (Object.hasOwn(object, key) && this.#duplicates.length < MAX_DUPLICATES)
        this.#duplicates.push({ mapping: node, winner });
      setOwn(object, key, value);
    }
    this.#table.closeMapping(node);
    return object;
  }

  #array(): JsonValue[] {
    const node = this.#table.open(this.#at);
    const items: JsonValue[] = [];
    this.#at++;
    for (let isFirst = true; !this.#ends(']', isFirst); isFirst = false) items.push(this.#value());
    this.#table.closeSequence(node);
    return items;
  }

  /** Takes the closing bracket, or before every entry but the first the comma. */
  #ends(bracket: '}' | ']', isFirst: boolean): boolean {
    this.#skipSpace();
    if (this.#text.charAt(this.#at) === bracket) {
      this.#at++;
      return true;
    }
    if (isFirst) return false;
    if (this.#text.charAt(this.#at) !== ',') throw this.#failure(`a comma or ${bracket}`);
    this.#at++;
    this.#skipSpace();
    return false;
  }

  #string(): string {
    const start = this.#at;
    let hasEscapes = false;
    for (let at = start + 1; at < this.#text.length; at++) {
      const char = this.#text.charCodeAt(at);
      if (char < 32) {
        this.#at = at;
        throw this.#failure('the end of a string or an escape such as \\n');
      }
      if (char === BACKSLASH) {
        hasEscapes = true;
        at++;
      } else if (char === QUOTE) {
        this.#at = at + 1;
        const inner = this.#text.slice(start + 1, at);
        return hasEscapes ? this.#unescape(inner, start) : inner;
      }
    }
    throw new ReadFailure('syntax', 'cannot be read as JSON: the string that begins here has no end', start);
  }

  /** An unpaired surrogate becomes U+FFFD, as in Go. */
  #unescape(inner: string, start: number): string {
    try {
      const decoded: unknown = JSON.parse(`"${inner}"`);
      return String(decoded).toWellFormed();
    } catch {
      throw new ReadFailure(
        'syntax',
        'cannot be read as JSON: the string that begins here has an unknown escape',
        start,
      );
    }
  }

  #wordOrNumber(): boolean | null | number {
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  #number(): number {
    const start = this.#at;
    const raw = this.#match(NUMBER);
    if (raw === undefined) throw this.#failure('a value');
    const value = Number(raw);
    if (Number.isFinite(value)) return value;
    throw new ReadFailure('notJson', `${raw} is too large for a number; quote it if a string is meant`, start);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #expect(char: string): void {
    if (this.#text.charAt(this.#at) !== char) throw this.#failure(char);
    this.#at++;
  }

  #skipSpace(): void {
    for (;;) {
      const char = this.#text.charCodeAt(this.#at);
      if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return;
      this.#at++;
    }
  }

  #failure(expected: string): ReadFailure {
    const found = this.#text.charAt(this.#at);
    const what = found === '' ? 'the file ends' : `${JSON.stringify(found)} stands`;
    return new ReadFailure('syntax', `cannot be read as JSON: ${what} where ${expected} is expected`, this.#at);
  }
}

export function tooDeep(offset: number): ReadFailure {
  return new ReadFailure(
    'limit',
    `mappings and lists nest more than ${MAX_DEPTH} levels deep; no resource needs that`,
    offset,
  );
}
