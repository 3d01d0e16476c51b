/** The places where two texts differ, so that an edit says no more of a file than what it changes. */
import type { TextEdit } from './nodes.ts';

/** Lines before times lines after that are compared at most; behind that a change is no small one. */
const MOST_PAIRS = 250_000;

/**
 * The edits that make `after` of `before`, in their order and apart from each other: whole lines where lines come or
 * go, and parts of a line where only these change. Undefined where most of the text is another one.
 */
export function hunksBetween(before: string, after: string): TextEdit[] | undefined {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < fresh.length - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail++;

  const gone = old.slice(head, old.length - tail);
  const come = fresh.slice(head, fresh.length - tail);
  if (gone.length * come.length > MOST_PAIRS) return undefined;

  const edits: TextEdit[] = [];
  let offset = lengthOf(old.slice(0, head));
  for (const { lines, replacement } of blocks(gone, come)) {
    const end = offset + lengthOf(lines);
    if (replacement !== undefined) edits.push(trimmed(before, offset, end, replacement.join('')));
    offset = end;
  }
  return edits;
}

/** With their line breaks. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

interface Block {
  readonly lines: readonly string[];
  /** What stands there instead; undefined where the lines stay. */
  readonly replacement: readonly string[] | undefined;
}

/** Lines that stay and lines that give way to others, by the longest common subsequence. */
function blocks(old: readonly string[], fresh: readonly string[]): Block[] {
  const common = commonLengths(old, fresh);
  const width = fresh.length + 1;
  const result: Block[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    if (gone.length + come.length > 0) result.push({ lines: gone, replacement: come });
    gone = [];
    come = [];
  };
  for (let row = 0, column = 0; row < old.length || column < fresh.length; ) {
    const line = old[row];
    const other = fresh[column];
    if (line !== undefined && line === other) {
      flush();
      result.push({ lines: [line], replacement: undefined });
      row++;
      column++;
    } else if (
      line !== undefined &&
      (other === undefined || (common[(row + 1) * width + column] ?? 0) >= (common[row * width + column + 1] ?? 0))
    ) {
      gone.push(line);
      row++;
    } else if (other !== undefined) {
      come.push(other);
      column++;
    }
  }
  flush();
  return result;
}

/** For each pair of places, how many lines the rest of the two has in common. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array {
  const width = fresh.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = fresh.length - 1; column >= 0; column--) {
      const same = old[row] === fresh[column];
      lengths[row * width + column] = same
        ? (lengths[(row + 1) * width + column + 1] ?? 0) + 1
        : Math.max(lengths[(row + 1) * width + column] ?? 0, lengths[row * width + column + 1] ?? 0);
    }
  }
  return lengths;
}

/** Without what the two have in common at their ends; where lines only come or go, these stay whole. */
function trimmed(text: string, start: number, end: number, replacement: string): TextEdit {
  if (start === end) return beforeTheEnd(text, start, replacement);
  if (replacement === '') return { start, end, replacement };

  let head = 0;
  const most = Math.min(end - start, replacement.length);
  while (head < most && text[start + head] === replacement[head]) head++;
  if (isInsidePair(text, start + head) || isInsidePair(replacement, head)) head--;
  let tail = 0;
  while (tail < most - head && text[end - 1 - tail] === replacement.at(-1 - tail)) tail++;
  if (isInsidePair(text, end - tail) || isInsidePair(replacement, replacement.length - tail)) tail--;
  return {
    start: start + head,
    end: end - tail,
    replacement: replacement.slice(head, replacement.length - tail),
  };
}

/** True between the two halves of a character that takes two UTF-16 code units. */
function isInsidePair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}

/** Behind the last line break there is no line to name: the insertion goes before it. */
function beforeTheEnd(text: string, at: number, replacement: string): TextEdit {
  const isBehind = at === text.length && text.endsWith('\n') && replacement.endsWith('\n');
  if (!isBehind) return { start: at, end: at, replacement };
  return { start: at - 1, end: at - 1, replacement: `\n${replacement.slice(0, -1)}` };
}
