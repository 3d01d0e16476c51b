/** Texts and bytes in quotes, with their escapes. */
import { SyntaxProblem } from './expr.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};

/** Digits that follow the letter of an escape. */
const LENGTHS: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

/**
 * @param start the prefix and the quotes: `r"`, `b'''`
 * @returns the value, and where the text goes on
 * @throws SyntaxProblem where it never ends, or an escape is none
 */
export function readText(source: string, at: number, start: string): { end: number; value: string | Uint8Array } {
  const quotes = start.replace(/^[a-zA-Z]+/, '');
  const prefix = start.slice(0, start.length - quotes.length).toLowerCase();
  const isRaw = prefix.includes('r');
  const isBytes = prefix.includes('b');
  const pieces: (string | number)[] = [];

  let index = at + start.length;
  while (!source.startsWith(quotes, index)) {
    const char = source[index];
    if (char === undefined || (char === '\n' && quotes.length === 1)) {
      throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${source.slice(at, at + 20)}'`);
    }
    if (char !== '\\' || isRaw) {
      pieces.push(char);
      index++;
      continue;
    }
    const { piece, length } = escapeAt(source, index, isBytes, at);
    pieces.push(piece);
    index += length;
  }
  const end = index + quotes.length;
  if (!isBytes)
    return { end, value: pieces.map((one) => (typeof one === 'number' ? String.fromCodePoint(one) : one)).join('') };
  return { end, value: bytesOf(pieces) };
}

/** A character, or the number of a byte or a code point. */
function escapeAt(
  source: string,
  at: number,
  isBytes: boolean,
  start: number,
): { piece: string | number; length: number } {
  const letter = source[at + 1] ?? '';
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { piece: simple, length: 2 };

  const octal = /^[0-3][0-7]{2}/.exec(source.slice(at + 1, at + 4))?.[0];
  if (octal !== undefined) return { piece: Number.parseInt(octal, 8), length: 4 };
  const digits = LENGTHS[letter];
  const hex = digits === undefined ? '' : source.slice(at + 2, at + 2 + digits);
  const code = Number.parseInt(hex, 16);
  const isCode = digits !== undefined && /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits;
  if (isCode && isBytes && digits > 2) throw new SyntaxProblem(start, 'unable to unescape string');
  const isChar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (isCode && !isChar) throw new SyntaxProblem(start, 'invalid unicode code point');
  if (!isCode) {
    throw new SyntaxProblem(at, `Syntax error: token recognition error at: '${source.slice(at, at + 2)}'`);
  }
  return { piece: code, length: 2 + digits };
}

function bytesOf(pieces: readonly (string | number)[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts: number[] = [];
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    else {
      parts.push(...encoder.encode(text), piece);
      text = '';
    }
  }
  parts.push(...encoder.encode(text));
  return Uint8Array.from(parts);
}
