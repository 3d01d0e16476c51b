/**
 * Takes an expression apart into tokens, as the lexer of sdk-go does that Knative's webhook runs (cloudevents/sdk-go
 * sql/v2 CESQLLexer.g4): the longest token wins, upper and lower case are the same, and a character that begins no
 * token is passed over with a line in the webhook's log. The specification (cloudevents/spec cesql/spec.md) knows
 * nothing of passing over; who wants its answer refuses what has `passedOver`.
 */

const KEYWORDS = ['AND', 'OR', 'XOR', 'NOT', 'LIKE', 'EXISTS', 'IN', 'TRUE', 'FALSE'] as const;
export type Keyword = (typeof KEYWORDS)[number];
export type Sign = '(' | ')' | ',' | '*' | '/' | '%' | '+' | '-' | '=' | '!=' | '<' | '<=' | '<>' | '>' | '>=';

/**
 * `name` has letters alone, `mixed name` also digits, `function name` also underscores; `quote` is one that opens a
 * string which nothing closes.
 */
export type TokenType =
  | Keyword
  | Sign
  | 'string'
  | 'integer'
  | 'name'
  | 'mixed name'
  | 'function name'
  | 'quote'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** In UTF-16 code units. */
  readonly offset: number;
}

/** Characters that begin no token. */
export interface PassedOver {
  readonly text: string;
  readonly offset: number;
}

const SIGNS: readonly Sign[] = ['<=', '<>', '>=', '!=', '(', ')', ',', '*', '/', '%', '+', '-', '=', '<', '>'];
const byText: ReadonlyMap<string, Keyword> = new Map(KEYWORDS.map((keyword) => [keyword, keyword]));

/** Gives one token after the other, as they are asked for: who finds a mistake early reads no further. */
export class Lexer {
  /** Up to the token that was given last. */
  readonly passedOver: PassedOver[] = [];
  readonly #text: string;
  #at = 0;
  #left: number;

  /** @param most so many tokens are given, with what is passed over among them */
  constructor(text: string, most: number) {
    this.#text = text;
    this.#left = most;
  }

  /** The last token is the end, which comes again and again; undefined where there are too many. */
  next(): Token | undefined {
    const text = this.#text;
    while (this.#at < text.length) {
      const offset = this.#at;
      if (isBlank(text.charCodeAt(offset))) {
        this.#at++;
        continue;
      }
      if (this.#left-- <= 0) return undefined;
      const found = tokenAt(text, offset);
      const length = found?.length ?? unknownLength(text, offset);
      this.#at += length;
      const taken = text.slice(offset, offset + length);
      if (found === undefined) {
        this.passedOver.push({ text: taken, offset });
        continue;
      }
      // Nothing can be read behind a string without an end, and to look for one at each further quote takes too long.
      if (found.type === 'quote') this.#at = text.length;
      return { type: keywordOf(found.type, taken) ?? found.type, text: taken, offset };
    }
    return { type: 'end', text: '', offset: text.length };
  }
}

interface Found {
  readonly type: Exclude<TokenType, Keyword | 'end'>;
  readonly length: number;
}

/** The token that begins there, before a name is told from a keyword. */
function tokenAt(text: string, at: number): Found | undefined {
  const code = text.charCodeAt(at);
  if (isLetter(code) || isDigit(code)) return wordAt(text, at);

  const character = text[at];
  if (character === "'" || character === '"') {
    const end = stringEnd(text, at);
    return end === undefined ? { type: 'quote', length: 1 } : { type: 'string', length: end - at };
  }
  // A sign in front of a digit is part of the number, wherever it stands: `a -1` is two values side by side.
  if ((character === '+' || character === '-') && isDigit(text.charCodeAt(at + 1))) {
    return { type: 'integer', length: 1 + runLength(text, at + 1, isDigit) };
  }
  const sign = SIGNS.find((each) => text.startsWith(each, at));
  return sign === undefined ? undefined : { type: sign, length: sign.length };
}

/** The longest of what may begin there. */
function wordAt(text: string, at: number): Found {
  const letters = runLength(text, at, isLetter);
  const both = letters + runLength(text, at + letters, isLetterOrDigit);
  const withUnderscores = letters === 0 ? 0 : letters + runLength(text, at + letters, isLetterOrUnderscore);
  if (withUnderscores > both) return { type: 'function name', length: withUnderscores };
  if (letters === both) return { type: 'name', length: letters };
  const isNumber = letters === 0 && runLength(text, at, isDigit) === both;
  return { type: isNumber ? 'integer' : 'mixed name', length: both };
}

/**
 * Behind the closing quote. A backslash takes the next character along, and two quotes side by side are both of the
 * string; but where nothing closes it after that, the first of the two ended it.
 */
function stringEnd(text: string, at: number): number | undefined {
  const quote = text[at];
  let end: number | undefined;
  for (let index = at + 1; index < text.length; index++) {
    const character = text[index];
    if (character === '\\') index++;
    else if (character === quote) {
      end = index + 1;
      if (text[end] !== quote) return end;
      index++;
    }
  }
  return end;
}

/** One character; an exclamation mark takes the next one along, which is not the `=` that it waited for. */
function unknownLength(text: string, at: number): number {
  const first = characterLength(text, at);
  return text[at] === '!' && at + 1 < text.length ? first + characterLength(text, at + 1) : first;
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function keywordOf(type: TokenType, text: string): Keyword | undefined {
  return type === 'name' ? byText.get(text.toUpperCase()) : undefined;
}

function runLength(text: string, at: number, isPart: (code: number) => boolean): number {
  let end = at;
  while (end < text.length && isPart(text.charCodeAt(end))) end++;
  return end - at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

/** Besides A to Z the two letters that Go turns into one of them in upper case, dotless i and long s. */
function isLetter(code: number): boolean {
  const upper = code & ~0x20;
  return (upper >= 0x41 && upper <= 0x5a && code < 0x80) || code === 0x131 || code === 0x17f;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetterOrDigit(code: number): boolean {
  return isLetter(code) || isDigit(code);
}

function isLetterOrUnderscore(code: number): boolean {
  return isLetter(code) || code === 0x5f;
}
