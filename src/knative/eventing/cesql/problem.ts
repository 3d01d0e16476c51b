/** Sentences about expressions that do not parse. */
import type { PassedOver, Token } from './tokens.ts';

export interface Problem {
  /** `syntax` is what Knative refuses; `limit` is more than Weir reads. */
  readonly kind: 'syntax' | 'limit';
  /** Says what is wrong, where, and what would be right. */
  readonly message: string;
  /** In UTF-16 code units. */
  readonly offset: number;
}

/** Ends the parsing of an expression; caught by `parse`. */
export class ParseFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** `at column 5`, and with the line where the expression has several. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const column = offset - (before.lastIndexOf('\n') + 1) + 1;
  if (!text.includes('\n')) return `at column ${column}`;
  return `at line ${before.split('\n').length}, column ${column}`;
}

/** What the other languages that people know write for an operator of CESQL. */
const MEANT: Readonly<Record<string, string>> = { '&': 'AND', '|': 'OR', '!': 'NOT', '~': 'LIKE', '^': 'XOR' };

/** Of characters that begin no token. */
export function unknownCharacter({ text, offset }: PassedOver, expression: string): string {
  const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
  const what = `${JSON.stringify(character)} ${placeOf(expression, offset)} means nothing in CESQL`;
  const meant = MEANT[character];
  if (meant !== undefined) return `${what}; write ${meant}`;
  if (character === '_' || character === '.') return `${what}; names of attributes have letters and digits alone`;
  return `${what}; leave it out`;
}

/** Where something else belongs than what stands there. */
export function unexpected(token: Token, before: Token | undefined, wanted: string, expression: string): string {
  const { type, offset } = token;
  const text = shortened(token.text);
  const place = placeOf(expression, offset);
  const touches = before !== undefined && before.offset + before.text.length === offset;
  if (type === 'quote') return `the string that begins ${place} has no end; close it with ${text}`;
  if (type === 'end') return `the expression ends where ${wanted} belongs`;
  if (type === '=' && before?.type === '=') return `${text} ${place} is one too many; equality is a single =`;
  if (type === '>' && before?.type === '=' && touches) return `=> ${place} is no comparison; write >=`;
  if (type === '<' && before?.type === '=' && touches) return `=< ${place} is no comparison; write <=`;
  if (type === 'integer' && /^[+-]/.test(text) && wanted === AN_OPERATOR) {
    return `${text} ${place} is a number of its own; write ${text[0]} ${text.slice(1)} with a blank to reckon`;
  }
  if (type === 'function name') {
    return `${text} ${place} is the name of no attribute, which has letters and digits alone; a function needs brackets`;
  }
  return `${text} ${place} stands where ${wanted} belongs`;
}

const LONGEST_SHOWN = 40;

export function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN).toWellFormed()}…` : text;
}

export const AN_OPERATOR = 'an operator or the end';
export const A_VALUE = 'a value';
