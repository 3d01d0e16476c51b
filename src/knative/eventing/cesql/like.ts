import { bytesOf } from './bytes.ts';

/**
 * Whether a text is like a pattern: `%` is any text, `_` any byte, and a backslash takes both by their letter. As in
 * sdk-go a backslash is also itself, so that `\_` is like `\x` too (sql/v2/expression/like_expression.go).
 *
 * The text is gone through from the left with one place to go back to, so that no pattern takes more time than the
 * product of both lengths.
 */
export function likePattern(written: string): (text: string) => boolean {
  const simple = SIMPLE.test(written) ? ofParts(written.split(/%+/)) : undefined;
  if (simple !== undefined) return simple;
  const pattern = bytesOf(written);
  return (text) => matches(pattern, bytesOf(text));
}

/** ASCII without `_` and backslashes: its bytes are in a text's where its letters are in the text. */
const SIMPLE = /^[\0-\x5b\x5d\x5e\x60-\x7f]*$/;

/**
 * What stands between the `%`. Most patterns have one or two.
 *
 * @returns undefined for more of them
 */
function ofParts(parts: readonly string[]): ((text: string) => boolean) | undefined {
  const [first = '', second, third] = parts;
  if (parts.length > 3) return undefined;
  if (second === undefined) return (text) => text === first;
  if (third === undefined) {
    if (second === '') return (text) => text.startsWith(first);
    if (first === '') return (text) => text.endsWith(second);
    const shortest = first.length + second.length;
    return (text) => text.length >= shortest && text.startsWith(first) && text.endsWith(second);
  }
  return first === '' && third === '' ? (text) => text.includes(second) : undefined;
}

function matches(pattern: string, text: string): boolean {
  let part = 0;
  let at = 0;
  /** Behind the last `%`, and how much of the text it has taken. */
  let again = -1;
  let taken = 0;
  while (at < text.length) {
    const wanted = pattern.charAt(part);
    const found = text.charAt(at);
    if (wanted === '\\' && isWildcard(found) && pattern.charAt(part + 1) === found) {
      part += 2;
      at++;
    } else if (wanted === '_' || wanted === found) {
      part++;
      at++;
    } else if (wanted === '%') {
      again = ++part;
      taken = at;
    } else if (again >= 0) {
      part = again;
      at = ++taken;
    } else {
      return false;
    }
  }
  while (pattern.charAt(part) === '%') part++;
  return part === pattern.length;
}

function isWildcard(character: string): boolean {
  return character === '%' || character === '_';
}
