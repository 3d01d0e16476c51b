/** What Go's encoding/json says of a text that is no JSON (scanner.go): clients and people know its sentences. */

import { quote } from '../../../text/goQuote.ts';

/** The first fault, or undefined where there is none. */
export function jsonFault(text: string | Buffer): string | undefined {
  try {
    // Go reads bytes, and of a longer character tells the first
    const scanner = new Scanner(Buffer.from(text).toString('latin1'));
    scanner.value('looking for beginning of value');
    scanner.end();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

class Fault extends Error {}

const ENDED = 'unexpected end of JSON input';
const LITERALS = ['true', 'false', 'null'];

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Not recursive: brackets are kept on a list, as deep as they go. */
  value(where: string): void {
    const open: string[] = [];
    let context = where;
    do {
      this.#space();
      const character = this.#peek();
      const isOpened = (character === '{' || character === '[') && this.#open(character, open);
      if (!isOpened && character !== '{' && character !== '[') this.#scalar(character, context);
      if (!isOpened) this.#close(open);
      context = 'looking for beginning of value';
    } while (open.length > 0);
  }

  /** True where something stands between the brackets: then a value is next. */
  #open(bracket: string, open: string[]): boolean {
    this.#at++;
    this.#space();
    if (this.#peek() === (bracket === '{' ? '}' : ']')) {
      this.#at++;
      return false;
    }
    open.push(bracket);
    if (bracket === '{') this.#key();
    return true;
  }

  /** After a value: as many closing brackets as there are, or a comma and what comes before the next value. */
  #close(open: string[]): void {
    while (open.length > 0) {
      const isObject = open[open.length - 1] === '{';
      this.#space();
      const next = this.#peek();
      if (next === ',') {
        this.#at++;
        if (isObject) this.#key();
        return;
      }
      if (next !== (isObject ? '}' : ']'))
        this.#unexpected(isObject ? 'after object key:value pair' : 'after array element');
      this.#at++;
      open.pop();
    }
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) this.#unexpected('after top-level value');
  }

  #key(): void {
    this.#space();
    if (this.#peek() !== '"') this.#unexpected('looking for beginning of object key string');
    this.#string();
    this.#space();
    if (this.#peek() !== ':') this.#unexpected('after object key');
    this.#at++;
  }

  #scalar(character: string, context: string): void {
    const literal = LITERALS.find((each) => each[0] === character);
    if (character === '"') this.#string();
    else if (/[-0-9]/.test(character)) this.#number();
    else if (literal !== undefined) this.#literal(literal);
    else this.#unexpected(context);
  }

  #string(): void {
    for (this.#at++; this.#peek() !== '"'; this.#at++) {
      const character = this.#peek();
      if (character === '') throw new Fault(ENDED);
      if (character < ' ') this.#unexpected('in string literal');
      if (character === '\\') this.#escape();
    }
    this.#at++;
  }

  #escape(): void {
    this.#at++;
    const escaped = this.#peek();
    if (!/["\\/bfnrtu]/.test(escaped)) this.#unexpected('in string escape code');
    if (escaped !== 'u') return;
    for (let digit = 0; digit < 4; digit++) {
      this.#at++;
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#unexpected('in \\u hexadecimal character escape');
    }
  }

  #number(): void {
    if (this.#peek() === '-') this.#at++;
    if (!/[0-9]/.test(this.#peek())) this.#unexpected('in numeric literal');
    if (this.#peek() === '0') this.#at++;
    else this.#digits();
    if (this.#peek() === '.') {
      this.#at++;
      if (!/[0-9]/.test(this.#peek())) this.#unexpected('after decimal point in numeric literal');
      this.#digits();
    }
    if (/[eE]/.test(this.#peek())) {
      this.#at++;
      if (/[-+]/.test(this.#peek())) this.#at++;
      if (!/[0-9]/.test(this.#peek())) this.#unexpected('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (/[0-9]/.test(this.#peek())) this.#at++;
  }

  #literal(literal: string): void {
    for (const expected of literal) {
      if (this.#peek() !== expected) this.#unexpected(`in literal ${literal} (expecting '${expected}')`);
      this.#at++;
    }
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#peek())) this.#at++;
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #unexpected(where: string): never {
    const character = this.#peek();
    if (character === '') throw new Fault(ENDED);
    throw new Fault(`invalid character ${quoted(character)} ${where}`);
  }
}

/** As Go quotes one character. */
function quoted(character: string): string {
  if (character === "'") return String.raw`'\''`;
  return character === '"' ? `'"'` : `'${quote(character).slice(1, -1)}'`;
}
