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

export interface Tokens {
  /** The last one is the end. */
  readonly tokens: readonly Token[];
  readonly passedOver: readonly PassedOver[];
}

const SIGNS: readonly Sign[] = ['<=', '<>', '>=', '!=', '(', ')', ',', '*', '/', '%', '+', '-', '=', '<', '>'];
const byText: ReadonlyMap<string, Keyword> = new Map(KEYWORDS.map((keyword) => [keyword, keyword]));

export function tokensOf(text: string): Tokens {
  const tokens: Token[] = [];
  const passedOver: PassedOver[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const type = typeAt(text, at);
    const length = type === undefined ? unknownLength(text, at) : lengthOf(type, text, at);
    const taken = { text: text.slice(at, at + length), offset: at };
    if (type === undefined) passedOver.push(taken);
    else tokens.push({ type: keywordOf(type, taken.text) ?? type, ...taken });
    at += length;
    // Nothing can be read behind a string without an end, and to look for one at each further quote takes too long.
    if (type === 'quote') break;
  }
  tokens.push({ type: 'end', text: '', offset: text.length });
  return { tokens, passedOver };
}

/** Of the token that begins there, before a name is told from a keyword. */
function typeAt(text: string, at: number): Exclude<TokenType, Keyword | 'end'> | undefined {
  const code = text.charCodeAt(at);
  if (isLetter(code) || isDigit(code)) return wordType(text, at);

  const character = text[at];
  if (character === "'" || character === '"') return stringEnd(text, at) === undefined ? 'quote' : 'string';
  // A sign in front of a digit is part of the number, wherever it stands: `a -1` is two values side by side.
  if ((character === '+' || character === '-') && isDigit(text.charCodeAt(at + 1))) return 'integer';
  return SIGNS.find((sign) => text.startsWith(sign, at));
}

/** The longest of what may begin there. */
function wordType(text: string, at: number): 'integer' | 'name' | 'mixed name' | 'function name' {
  const letters = runLength(text, at, isLetter);
  const digits = runLength(text, at, isDigit);
  const both = runLength(text, at, isLetterOrDigit);
  const withUnderscores = letters === 0 ? 0 : runLength(text, at, isLetterOrUnderscore);
  if (withUnderscores > both) return 'function name';
  if (letters === both) return 'name';
  return digits === both ? 'integer' : 'mixed name';
}

function lengthOf(type: TokenType, text: string, at: number): number {
  switch (type) {
    case 'name':
      return runLength(text, at, isLetter);
    case 'mixed name':
      return runLength(text, at, isLetterOrDigit);
    case 'function name':
      return runLength(text, at, isLetterOrUnderscore);
    case 'integer': {
      const sign = isDigit(text.charCodeAt(at)) ? 0 : 1;
      return sign + runLength(text, at + sign, isDigit);
    }
    case 'string':
      return (stringEnd(text, at) ?? at + 1) - at;
    case 'quote':
      return 1;
    default:
      return type.length;
  }
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
