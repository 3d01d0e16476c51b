/** Brackets of an expression that do not fit: the parser only says that it found something else than it expected. */
import type { ExpressionProblem } from './check.ts';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const QUOTES = ['"""', "'''", '"', "'"];

/** The first bracket that closes nothing, or the innermost that nothing closes; undefined where all fit. */
export function bracketProblem(source: string): ExpressionProblem | undefined {
  const open: { readonly char: string; readonly offset: number }[] = [];
  let offset = 0;
  while (offset < source.length) {
    const past = pastText(source, offset);
    if (past > offset) {
      offset = past;
      continue;
    }
    const char = source[offset] ?? '';
    if (Object.hasOwn(CLOSING, char)) open.push({ char, offset });
    else if (char === ')' || char === ']' || char === '}') {
      const last = open.pop();
      if (last === undefined) return { offset, message: `bad CEL: "${char}" closes nothing; take it away` };
      const wanted = CLOSING[last.char];
      if (wanted !== char) {
        return { offset, message: `bad CEL: "${last.char}" is closed by "${char}"; write "${wanted}" before it` };
      }
    }
    offset++;
  }
  const last = open.pop();
  if (last === undefined) return undefined;
  return { offset: last.offset, message: `bad CEL: "${last.char}" is never closed; add "${CLOSING[last.char]}"` };
}

/** The end of the text or comment that begins here; the offset itself where neither does. */
function pastText(source: string, offset: number): number {
  if (source.startsWith('//', offset)) {
    const end = source.indexOf('\n', offset);
    return end < 0 ? source.length : end;
  }
  const quote = QUOTES.find((one) => source.startsWith(one, offset));
  if (quote === undefined) return offset;
  const isRaw = /(^|\W)[bB]?[rR][bB]?$/.test(source.slice(Math.max(0, offset - 3), offset));
  for (let at = offset + quote.length; at < source.length; at++) {
    if (!isRaw && source[at] === '\\') at++;
    else if (source.startsWith(quote, at)) return at + quote.length;
  }
  return source.length;
}
